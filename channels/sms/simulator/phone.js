// The phone: sends what is typed, shows what comes. All figures (characters, segments) are the service's own.
const root = document.getElementById("simulator");
const words = root.dataset;
const [phone, list, empty, text, count, problem] = ["phone", "messages", "empty", "text", "count", "problem"].map((id) =>
  document.getElementById(id),
);
const [fate, transcript, beside] = ["fate", "transcript", "beside"].map((id) => document.getElementById(id));
const price = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR", minimumFractionDigits: 2 });
const fates = new Map(); // phone → what becomes of its messages
const silence = document.getElementById("silence");
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
  return `${units} ${words.characters}, ${segments} ${segments > 1 ? words.segments : words.segment} (${encoding})`;
}

function element(name, className, content) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  return made;
}

function show(message) {
  const known = document.getElementById(message.sid);
  const paid = message.euros ? [price.format(message.euros)] : [];
  const meta = [figures(message.measure), ...paid, words[message.status]].join(" · ");
  if (known) {
    known.querySelector(".meta").textContent = meta;
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

// Why nothing comes. Written once only: a status that is written again is read out again.
function explain(unsubscribed) {
  const why = unsubscribed ? words.unsubscribed : "";
  if (silence.textContent === why) return;
  silence.textContent = why;
  screen.scrollTop = screen.scrollHeight;
}

// One loop a phone shown; changing the phone ends it.
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
      explain(news.unsubscribed);
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
  explain(false);
  fate.value = fates.get(number) ?? "normal";
  transcript.href = `/simulator/phones/${encodeURIComponent(number)}/transcript.json`;
  beside.href = `/simulator?lang=${document.documentElement.lang}`;
  listen(number, listening.signal);
}

let counting;

function measure() {
  clearTimeout(counting);
  counting = setTimeout(async () => {
    const written = text.value;
    const found = written ? await post("/simulator/measure", { text: written }).catch(() => null) : null;
    if (text.value === written) count.textContent = found ? figures(found) : "";
  }, 150);
}

document.getElementById("compose").addEventListener("submit", async (event) => {
  event.preventDefault();
  const written = text.value;
  if (!written.trim()) return;
  text.value = "";
  count.textContent = "";
  problem.textContent = "";
  try {
    const sent = await post("/simulator/messages", { phone: phone.value, text: written });
    if (sent.status === "failed") problem.textContent = words.notSent;
  } catch {
    problem.textContent = words.notSent;
    text.value = text.value || written;
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

for (const field of document.querySelectorAll(":disabled")) field.disabled = false; // until now, nobody would have listened
use(phone.value);
