// The phone: sends messages and shows those received. All figures (characters, segments) are computed by the service.
const root = document.getElementById("simulator");
const words = root.dataset;
const [phone, list, empty, text, count, problem] = ["phone", "messages", "empty", "text", "count", "problem"].map((id) =>
  document.getElementById(id),
);
const [fate, transcript, beside] = ["fate", "transcript", "beside"].map((id) => document.getElementById(id));
const price = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR", minimumFractionDigits: 2 });
const fates = new Map(); // phone → the fate of its messages
const optOutNotice = document.getElementById("opt-out");
const screen = document.querySelector(".screen");

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function figures({ encoding, units, segments }) {
  return `${units} ${units > 1 ? words.characters : words.character}, ${segments} ${segments > 1 ? words.segments : words.segment} (${encoding})`;
}

function element(name, className, content) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  return made;
}

function show(message) {
  const shown = document.getElementById(message.sid);
  const paid = message.euros ? [price.format(message.euros)] : [];
  const meta = [figures(message.measure), ...paid, words[message.status]].join(" · ");
  if (shown) {
    shown.querySelector(".meta").textContent = meta;
    return;
  }
  const item = element("li", message.direction, "");
  item.id = message.sid;
  const who = message.direction === "from_phone" ? words.sentByPhone : words.sentByService;
  item.append(element("span", "who", who), element("p", "body", message.body), element("p", "meta", meta));
  list.append(item);
  empty.hidden = true;
  screen.scrollTop = screen.scrollHeight;
}

// Shows why no reply comes. A status is only set if it changes: screen readers read each change aloud.
function showOptOut(unsubscribed) {
  const why = unsubscribed ? words.unsubscribed : "";
  if (optOutNotice.textContent === why) return;
  optOutNotice.textContent = why;
  screen.scrollTop = screen.scrollHeight;
}

// Polls the messages of one phone until another one is shown.
async function listen(number, signal) {
  let exchange = "";
  let revision = 0;
  while (!signal.aborted) {
    try {
      const query = new URLSearchParams({ after: revision, exchange_id: exchange });
      const response = await fetch(`/simulator/phones/${encodeURIComponent(number)}/messages?${query}`, { signal });
      if (!response.ok) throw new Error(String(response.status));
      const news = await response.json();
      if (problem.textContent === words.disconnected) problem.textContent = "";
      if (exchange && exchange !== news.exchange) list.replaceChildren();
      ({ exchange, revision } = news);
      news.messages.forEach(show);
      showOptOut(news.unsubscribed);
    } catch {
      if (signal.aborted) return;
      problem.textContent = words.disconnected;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

let listening = new AbortController();

function use(number) {
  listening.abort();
  listening = new AbortController();
  list.replaceChildren();
  empty.hidden = false;
  showOptOut(false);
  fate.value = fates.get(number) ?? "normal";
  transcript.href = `/simulator/phones/${encodeURIComponent(number)}/transcript.json`;
  beside.href = `/simulator?lang=${document.documentElement.lang}`;
  listen(number, listening.signal);
}

let counting;

function measure() {
  clearTimeout(counting);
  counting = setTimeout(async () => {
    const draft = text.value;
    const size = draft ? await post("/simulator/measure", { text: draft }).catch(() => null) : null;
    if (text.value === draft) count.textContent = size ? figures(size) : "";
  }, 150);
}

document.getElementById("compose").addEventListener("submit", async (event) => {
  event.preventDefault();
  const draft = text.value;
  if (!draft.trim()) return;
  text.value = "";
  count.textContent = "";
  problem.textContent = "";
  try {
    const sent = await post("/simulator/messages", { phone: phone.value, text: draft });
    if (sent.status === "failed") problem.textContent = words.notSent;
  } catch {
    problem.textContent = words.notSent;
    text.value = text.value || draft;
  }
});

text.addEventListener("input", measure);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

phone.addEventListener("change", () => use(phone.value));

fate.addEventListener("change", async () => {
  const [number, wanted] = [phone.value, fate.value];
  const response = await fetch(`/simulator/phones/${encodeURIComponent(number)}/fate`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ fate: wanted }),
  }).catch(() => ({ ok: false }));
  if (response.ok) fates.set(number, wanted);
  else fate.value = fates.get(number) ?? "normal";
  problem.textContent = response.ok ? "" : words.fateFailed;
});

document.getElementById("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = document.getElementById("number");
  const number = input.value.replace(/[\s.]/g, "");
  const wrong = !/^\+[1-9][0-9]{6,14}$/.test(number);
  document.getElementById("number-problem").textContent = wrong ? words.addWrong : "";
  if (wrong) return;
  if (![...phone.options].some((option) => option.value === number)) phone.add(new Option(number));
  phone.value = number;
  input.value = "";
  use(number);
});

for (const field of document.querySelectorAll(":disabled")) field.disabled = false; // the listeners are in place
use(phone.value);
