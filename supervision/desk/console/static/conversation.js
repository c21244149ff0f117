// The open conversation: its texts, the actions on it, and the reply being written. Each conversation keeps its own draft.
import { api } from "/desk/static/desk/api.js";
import { ask } from "./dialog.js";
import { BESIDE, Drafts } from "./drafts.js";
import { $, clock, fill, h, settled } from "./dom.js";
import { lineElement } from "./transcript.js";

const BASE = "/api/desk/console/handoffs";
const COLLEAGUES_EVERY = 3_000;
const TYPING_EVERY = 3_000;
const TYPING_SHOWN = 5_000;
const COSTLY = 3; // segments: what the assistant itself keeps to

/** Events: changed (the view), typed. */
export class Conversation extends EventTarget {
  view = null;
  #loading = 0;
  #wanted = null; // the handoff that was asked for last: it may be on its way still
  #sent = Promise.resolve();
  #typedAt = 0;
  #lastSaid = null; // the citizen's last line that was shown
  #atEnd = true; // the log shows its last line: it goes on doing so, whatever is added to it or takes its room
  #toReply = false; // once the conversation is ours, the keyboard goes to the reply

  /** `given`: {words, language, me, teams, most, typing(conversation), saved(): replies, took(id), done(), lost(why)}. */
  constructor(given) {
    super();
    Object.assign(this, given);
    this.drafts = new Drafts(this.me);
    this.preview = settled(() => this.#preview(), 300);
    $("text").addEventListener("input", () => this.#typed());
    $("text").addEventListener("keydown", (event) => this.#key(event));
    const box = $("log-box");
    box.addEventListener("scroll", () => (this.#atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60));
    new ResizeObserver(() => this.#toTheEnd()).observe(box);
    $("compose").addEventListener("submit", (event) => (event.preventDefault(), this.#send()));
    $("card-off").addEventListener("click", () => (this.attach(null), $("text").focus()));
    for (const move of ["claim", "release"]) $(move).addEventListener("click", () => this.move(move));
    $("transfer").addEventListener("click", () => this.#transfer());
    $("to-bot").addEventListener("click", () => this.#end(true));
    $("close").addEventListener("click", () => this.#end(false));
    for (const name of BESIDE) $(name).addEventListener("input", () => this.handoff && this.drafts.set(this.handoff.id, { [name]: $(name).value }));
  }

  get handoff() {
    return this.view?.handoff;
  }

  /** Whether a reply may be written: whoever asked to be called back is called. */
  get writes() {
    return this.mine && this.handoff.kind !== "call_back";
  }

  get mine() {
    return this.handoff?.state === "claimed" && this.handoff.owner === this.me;
  }

  /** Opens the handoff `id`, or reads it again; `focus` brings the keyboard to its title, unless it has gone elsewhere meanwhile. */
  async open(id, { focus = false } = {}) {
    const asked = ++this.#loading;
    const from = document.activeElement;
    this.#wanted = id;
    const other = this.handoff?.id !== id;
    try {
      const view = await api("GET", `${BASE}/${id}`);
      if (asked !== this.#loading) return;
      this.view = view;
    } catch (error) {
      if (asked !== this.#loading) return;
      if (error.status === 403) return this.lost(error.detail); // it has become another team's
      this.#wanted = this.handoff?.id ?? null;
      return this.#problem(error);
    }
    this.#show(other);
    if (focus && [from, document.body].includes(document.activeElement)) $("talk-title").focus();
    if (this.mine && this.handoff.unread && document.visibilityState === "visible") this.#read();
    this.dispatchEvent(new CustomEvent("changed", { detail: other }));
  }

  /** Reads the open one again; where another one was chosen meanwhile, that one comes. */
  async again() {
    if (this.handoff && this.#wanted === this.handoff.id) await this.open(this.handoff.id);
  }

  close() {
    this.#loading++; // what is on its way comes too late
    this.view = this.#wanted = null;
    $("talk").hidden = $("beside").hidden = true;
    $("choose").textContent = this.words.choose_one;
    $("choose").hidden = false;
  }

  /** Does `name`; `again`: and reads what came of it. Whether it was done. */
  async move(name, body = {}, handoff = this.handoff, again = true) {
    if (!handoff) return false;
    try {
      await api("POST", `${BASE}/${handoff.id}/${name}`, name === "claim" ? undefined : { fencing: handoff.fencing, ...body });
    } catch (error) {
      this.#problem(error);
      this.again();
      return false;
    }
    $("error").hidden = true;
    if (name === "claim") this.took(handoff.id);
    this.#toReply = name === "claim" && this.#wanted === handoff.id;
    if (again) await this.again();
    return true;
  }

  /** Puts an entry's passage under the reply: {entry, title, passage}, or nothing. */
  attach(card) {
    this.drafts.set(this.handoff.id, { card });
    $("card").hidden = !card;
    $("card-title").textContent = card ? card.title : "";
    this.preview();
  }

  insert(text) {
    const box = $("text");
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.focus();
    this.#typed();
  }

  citizenTypes() {
    $("typing").textContent = this.words.citizen_types;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => this.#typingEnds(), TYPING_SHOWN);
  }

  #typingEnds() {
    clearTimeout(this.fading);
    $("typing").textContent = "";
  }

  /** Shows again what is kept of the field `name` (one of drafts.js), if `id` is the conversation that is open. */
  refill(id, name) {
    if (this.handoff?.id === id) $(name).value = this.drafts.of(id)[name];
  }

  #show(other) {
    const { words, language, view } = this;
    const { handoff } = view;
    $("choose").hidden = true;
    $("talk").hidden = $("beside").hidden = false;
    $("talk-title").textContent = $("talk-title").title = handoff.subject || words.no_subject; // one line of it stands there
    const owner = handoff.state === "claimed" ? fill(words.held_by, { name: view.owner_name }) : words[`state_${handoff.state}`];
    const about = [words[`channel_${handoff.channel}`], handoff.language.toUpperCase(), owner, handoff.team, view.stopped && words.stopped, view.form && words.fills_in_form].filter(Boolean).join(" · ");
    // "Demain matin" means something only with the day on which it was said.
    const when = handoff.best_time && fill(words.best_time, { time: handoff.best_time, at: clock(handoff.waiting_since ?? handoff.created_at, language) });
    const call = view.number && h("span", {}, ` · ${words.call} `, h("a", { href: `tel:${view.number}` }, view.number_shown));
    $("about").replaceChildren(...[about, call, when && ` · ${when}`].filter(Boolean));
    const open = ["waiting", "offline", "flagged", "claimed"].includes(handoff.state);
    $("claim").hidden = !open || (handoff.state === "claimed" && !this.mine);
    $("claim").disabled = this.mine;
    $("claim").textContent = this.mine ? $("claim").dataset.claimed : $("claim").dataset.claim;
    for (const id of ["release", "transfer", "to-bot"]) $(id).hidden = !this.mine;
    $("to-bot").hidden ||= handoff.kind !== "chat";
    $("close").hidden = !open || handoff.kind === "validation" || (handoff.state === "claimed" && !this.mine);
    $("compose").hidden = !this.writes;
    $("saved-box").hidden = handoff.kind === "call_back"; // there is nothing to write: they are called
    if (this.#toReply && this.mine) {
      this.#toReply = false;
      $(this.writes ? "text" : "talk-title").focus(); // the button that was pressed is gone
    }
    if (other) {
      $("error").hidden = true;
      $("log").replaceChildren();
      this.#typingEnds();
      for (const name of ["text", ...BESIDE]) this.refill(handoff.id, name);
      this.attach(this.drafts.of(handoff.id).card);
    }
    this.#lines({ words, language, seen: view.seen_seq, paid: handoff.pays_by_segment });
  }

  #lines(given) {
    const log = $("log");
    const last = this.view.lines.findLast(({ who }) => who === "citizen")?.key;
    if (last !== this.#lastSaid) this.#typingEnds(); // what they were writing has come
    this.#lastSaid = last;
    const open = new Set([...log.querySelectorAll("details[open]")].map((each) => each.closest("li").dataset.key));
    const known = new Map([...log.children].map((each) => [each.dataset.key, each]));
    for (const line of this.view.lines) {
      const element = lineElement(line, given);
      if (open.has(line.key)) element.querySelector("details")?.setAttribute("open", "");
      const before = known.get(line.key);
      if (!before) log.append(element); // only what is new is announced
      else if (before.textContent !== element.textContent) before.replaceWith(element);
    }
    if (!known.size) this.#atEnd = true;
    this.#toTheEnd();
  }

  #toTheEnd() {
    if (this.#atEnd) $("log-box").scrollTop = $("log-box").scrollHeight;
  }

  #typed() {
    let text = $("text").value;
    const used = /(?:^|\s)\/([a-z0-9à-ÿ_-]+) $/.exec(text);
    const saved = used && this.saved().find(({ shortcut }) => shortcut === used[1]);
    if (saved) $("text").value = text = text.slice(0, -(used[1].length + 2)) + saved.text;
    this.drafts.set(this.handoff.id, { text });
    if (Date.now() - this.#typedAt > TYPING_EVERY && text.trim()) {
      this.#typedAt = Date.now();
      this.typing(this.handoff.conversation);
    }
    this.preview();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $("compose").requestSubmit();
  }

  async #preview() {
    if (!this.handoff) return;
    const { text, card } = this.drafts.of(this.handoff.id);
    const paid = this.handoff.pays_by_segment;
    $("preview-box").hidden = !paid || !(text.trim() || card);
    if (!paid) return this.#count(fill(this.words.characters, { count: text.length, most: this.most }));
    if (!(text.trim() || card)) return this.#count("");
    try {
      const body = { text, entry: card?.entry ?? "", passage: card?.passage ?? 0, channel: this.handoff.channel, language: this.handoff.language };
      const shown = await api("POST", "/api/desk/console/preview", body);
      $("preview").textContent = shown.text;
      this.#count(fill(this.words.segments, { segments: shown.segments, count: shown.characters }), shown.segments > COSTLY);
    } catch (error) {
      this.#problem(error);
    }
  }

  #count(text, costly = false) {
    $("count").textContent = text;
    $("count").classList.toggle("costly", costly);
  }

  async #send() {
    const { handoff } = this;
    const { id } = handoff;
    const { text, card, tried } = this.drafts.of(id);
    if (!text.trim() && !card) return $("text").focus();
    const from = document.activeElement;
    const answer = this.view.held[0]?.id ?? "";
    const body = { text, entry: card?.entry ?? "", passage: card?.passage ?? 0, answer };
    // The same words again after a line that broke are the same reply: it may have gone out.
    const key = JSON.stringify(body);
    const reply = tried?.key === key ? tried.reply : newId();
    // The box is empty at once: a second Enter has nothing to send, and what is written meanwhile is the next reply.
    this.drafts.set(id, { text: "", card: null, tried: null });
    this.#refillReply(id);
    const sent = this.#sent.then(() => this.move("reply", { ...body, reply }, handoff)); // in the order in which they were written
    this.#sent = sent;
    if (!(await sent)) {
      this.drafts.again(id, "text", text);
      this.drafts.set(id, { card: this.drafts.of(id).card ?? card, tried: { key, reply } });
      return this.#refillReply(id);
    }
    if (this.#over()) return;
    if (this.handoff?.id === id) {
      this.#atEnd = true; // whoever sends sees their words, wherever they were reading
      this.#toTheEnd();
    }
    // Whoever went on to write elsewhere meanwhile (a note, say) goes on there: their words must not end in the reply.
    if ([from, document.body].includes(document.activeElement)) $("text").focus();
  }

  #refillReply(id) {
    if (this.handoff?.id !== id) return;
    this.refill(id, "text");
    this.attach(this.drafts.of(id).card);
  }

  /** A word on a held answer: `move` is approve or refuse. */
  async decide(move, answer) {
    if (!(await this.move(move, { answer }))) return;
    if (!this.#over()) $("talk-title").focus();
  }

  /** Goes on to the next request where a word on its last held answer ended this one. */
  #over() {
    const ended = this.handoff?.kind === "validation" && this.handoff.state === "closed";
    if (ended) this.done();
    return ended;
  }

  async #transfer() {
    await this.#colleagues();
    // Whoever comes to their post, or has room again, while one thinks about it is offered too.
    const again = setInterval(() => this.#colleagues().catch(() => {}), COLLEAGUES_EVERY);
    const agreed = await ask($("transferring")).finally(() => clearInterval(again));
    if (!agreed || !$("to").value) return;
    const id = this.handoff.id;
    const to = $("to").value;
    const team = to.startsWith("team:") ? to.slice("team:".length) : "";
    const leaving = team && !this.teams.includes(team); // theirs to read from now on, not ours
    if (!(await this.move("transfer", { to, note: $("why").value }, this.handoff, !leaving))) return;
    this.drafts.set(id, { why: "" });
    this.refill(id, "why");
    if (leaving && this.handoff?.id === id) this.lost(fill(this.words.handed_over, { team }));
  }

  /** To whom a conversation can be handed over just now; what was chosen stays chosen. */
  async #colleagues() {
    const { people, teams } = await api("GET", "/api/desk/console/colleagues");
    const others = people.filter(({ id }) => id !== this.me);
    const full = ({ capacity, holding }) => capacity && holding >= capacity;
    const chosen = $("to").value;
    $("to").replaceChildren(
      ...others.map((one) => h("option", { value: one.id, disabled: full(one) }, `${one.name} (${one.holding}${one.capacity ? `/${one.capacity}` : ""})`)),
      ...teams.map((team) => h("option", { value: `team:${team}` }, fill(this.words.team, { team }))),
    );
    if ([...$("to").options].some(({ value, disabled }) => value === chosen && !disabled)) $("to").value = chosen;
    // A list without anybody to choose says nothing: what can be done instead does.
    const nobody = ![...$("to").options].some(({ disabled }) => !disabled);
    $("nobody-else").hidden = !nobody;
    $("transfer-fields").hidden = $("transfer-do").hidden = nobody;
  }

  async #end(toBot) {
    const { state } = this.handoff;
    $("ending-title").textContent = toBot ? this.words.end_to_bot : this.words.end_close;
    const call = this.handoff.kind === "call_back";
    $("summary").closest("p").hidden = state !== "claimed" || call;
    $("ending-hint").textContent = call ? this.words.end_call_hint : state === "claimed" ? this.words.summary_hint : this.words.end_unheld_hint;
    if (!(await ask($("ending")))) return;
    const id = this.handoff.id;
    const summary = state === "claimed" ? $("summary").value : "";
    if (!(await this.move("close", { to_bot: toBot, summary }))) return;
    this.drafts.drop(id);
    for (const name of BESIDE) this.refill(id, name);
    this.done();
  }

  #read() {
    api("POST", `${BASE}/${this.handoff.id}/read`).catch(() => {}); // it is read again with the next message
  }

  #problem(error) {
    $("error").textContent = error.detail || this.words.unreachable;
    $("error").hidden = false;
  }
}

/** 32 hexadecimal digits; `crypto.randomUUID` is missing on pages served without TLS. */
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
