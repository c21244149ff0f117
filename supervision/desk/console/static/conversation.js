// The open conversation: its texts, the actions on it, and the reply in writing. Each conversation has its own draft.
import { api } from "/desk/static/desk/api.js";
import { ask } from "./dialog.js";
import { Drafts, SIDE_FIELDS } from "./drafts.js";
import { $, clock, fill, h, debounced } from "./dom.js";
import { lineElement } from "./transcript.js";

const BASE = "/api/desk/console/handoffs";
const COLLEAGUES_EVERY = 3_000;
const TYPING_EVERY = 3_000;
const TYPING_SHOWN = 5_000;
const COSTLY = 3; // segments: the limit of the assistant's own replies

/** Dispatches the event changed (detail: whether another conversation was opened). */
export class Conversation extends EventTarget {
  view = null;
  #loads = 0;
  #wanted = null; // the id chosen last, perhaps not loaded yet
  #sending = Promise.resolve();
  #typedAt = 0;
  #lastLine = null; // key of the citizen's last line that was shown
  #atEnd = true; // the log is scrolled to its end, and stays there when lines are added or its height changes
  #focusReply = false; // after a claim the focus goes to the reply

  /** `options`: {words, language, me, teams, most, typing(conversation), savedReplies(), claimed(id), done(), lost(reason)}. */
  constructor(options) {
    super();
    Object.assign(this, options);
    this.drafts = new Drafts(this.me);
    this.preview = debounced(() => this.#preview(), 300);
    $("text").addEventListener("input", () => this.#typed());
    $("text").addEventListener("keydown", (event) => this.#key(event));
    const box = $("log-box");
    box.addEventListener("scroll", () => (this.#atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60));
    new ResizeObserver(() => this.#scrollToEnd()).observe(box);
    $("compose").addEventListener("submit", (event) => (event.preventDefault(), this.#send()));
    $("card-off").addEventListener("click", () => (this.attach(null), $("text").focus()));
    for (const action of ["claim", "release"]) $(action).addEventListener("click", () => this.act(action));
    $("transfer").addEventListener("click", () => this.#transfer());
    $("to-bot").addEventListener("click", () => this.#end(true));
    $("close").addEventListener("click", () => this.#end(false));
    for (const name of SIDE_FIELDS) $(name).addEventListener("input", () => this.handoff && this.drafts.set(this.handoff.id, { [name]: $(name).value }));
  }

  get handoff() {
    return this.view?.handoff;
  }

  /** Whether a reply may be written: not to a citizen who is to be called back. */
  get writable() {
    return this.mine && this.handoff.kind !== "call_back";
  }

  get mine() {
    return this.handoff?.state === "claimed" && this.handoff.owner === this.me;
  }

  /** Opens the handoff `id`, or loads it again. `focus`: moves the focus to its title, unless the supervisor has moved it since. */
  async open(id, { focus = false } = {}) {
    const load = ++this.#loads;
    const from = document.activeElement;
    this.#wanted = id;
    const other = this.handoff?.id !== id;
    try {
      const view = await api("GET", `${BASE}/${id}`);
      if (load !== this.#loads) return;
      this.view = view;
    } catch (error) {
      if (load !== this.#loads) return;
      if (error.status === 403) return this.lost(error.detail); // another team has it now
      this.#wanted = this.handoff?.id ?? null;
      return this.#problem(error);
    }
    this.#show(other);
    if (focus && [from, document.body].includes(document.activeElement)) $("talk-title").focus();
    if (this.mine && this.handoff.unread && document.visibilityState === "visible") this.#markRead();
    this.dispatchEvent(new CustomEvent("changed", { detail: other }));
  }

  /** Loads the open conversation again, unless another one was chosen meanwhile. */
  async reload() {
    if (this.handoff && this.#wanted === this.handoff.id) await this.open(this.handoff.id);
  }

  close() {
    this.#loads++; // ignores a load under way
    this.view = this.#wanted = null;
    $("talk").hidden = $("beside").hidden = true;
    $("choose").textContent = this.words.choose_one;
    $("choose").hidden = false;
  }

  /** Sends the action `name`, then loads the conversation unless `reload` is false. Resolves to whether the action succeeded. */
  async act(name, body = {}, handoff = this.handoff, reload = true) {
    if (!handoff) return false;
    try {
      await api("POST", `${BASE}/${handoff.id}/${name}`, name === "claim" ? undefined : { fencing: handoff.fencing, ...body });
    } catch (error) {
      this.#problem(error);
      this.reload();
      return false;
    }
    $("error").hidden = true;
    if (name === "claim") this.claimed(handoff.id);
    this.#focusReply = name === "claim" && this.#wanted === handoff.id;
    if (reload) await this.reload();
    return true;
  }

  /** Adds an entry's passage below the reply: `card` is {entry, title, passage}, or null to remove it. */
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

  showCitizenTyping() {
    $("typing").textContent = this.words.citizen_types;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.#hideTyping(), TYPING_SHOWN);
  }

  #hideTyping() {
    clearTimeout(this.typingTimer);
    $("typing").textContent = "";
  }

  /** Shows the draft of the field `name` (see drafts.js), if the conversation `id` is open. */
  refill(id, name) {
    if (this.handoff?.id === id) $(name).value = this.drafts.of(id)[name];
  }

  #show(other) {
    const { words, language, view } = this;
    const { handoff } = view;
    $("choose").hidden = true;
    $("talk").hidden = $("beside").hidden = false;
    $("talk-title").textContent = $("talk-title").title = handoff.subject || words.no_subject; // the heading shows one line of it
    const owner = handoff.state === "claimed" ? fill(words.held_by, { name: view.owner_name }) : words[`state_${handoff.state}`];
    const about = [words[`channel_${handoff.channel}`], handoff.language.toUpperCase(), owner, handoff.team, view.stopped && words.stopped, view.form && words.fills_in_form].filter(Boolean).join(" · ");
    // "Demain matin" needs the day on which it was written.
    const bestTime = handoff.best_time && fill(words.best_time, { time: handoff.best_time, at: clock(handoff.waiting_since ?? handoff.created_at, language) });
    const call = view.number && h("span", {}, ` · ${words.call} `, h("a", { href: `tel:${view.number}` }, view.number_shown));
    const mail = handoff.kind === "mail_back" && handoff.number && ` · ${fill(words.mail_to, { address: handoff.number })}`;
    $("about").replaceChildren(...[about, call, mail, bestTime && ` · ${bestTime}`].filter(Boolean));
    const open = ["waiting", "offline", "flagged", "claimed"].includes(handoff.state);
    $("claim").hidden = !open || (handoff.state === "claimed" && !this.mine);
    $("claim").disabled = this.mine;
    $("claim").textContent = this.mine ? $("claim").dataset.claimed : $("claim").dataset.claim;
    for (const id of ["release", "transfer", "to-bot"]) $(id).hidden = !this.mine;
    $("to-bot").hidden ||= handoff.kind !== "chat";
    $("close").hidden = !open || handoff.kind === "validation" || (handoff.state === "claimed" && !this.mine);
    $("compose").hidden = !this.writable;
    $("saved-box").hidden = handoff.kind === "call_back"; // nothing is written to a citizen who is to be called back
    if (this.#focusReply && this.mine) {
      this.#focusReply = false;
      $(this.writable ? "text" : "talk-title").focus(); // the pressed button has disappeared
    }
    if (other) {
      $("error").hidden = true;
      $("log").replaceChildren();
      this.#hideTyping();
      for (const name of ["text", ...SIDE_FIELDS]) this.refill(handoff.id, name);
      this.attach(this.drafts.of(handoff.id).card);
    }
    this.#lines({ words, language, seen: view.seen_seq, paid: handoff.pays_by_segment });
  }

  #lines(options) {
    const log = $("log");
    const last = this.view.lines.findLast(({ who }) => who === "citizen")?.key;
    if (last !== this.#lastLine) this.#hideTyping(); // the text that the citizen was writing has arrived
    this.#lastLine = last;
    const open = new Set([...log.querySelectorAll("details[open]")].map((each) => each.closest("li").dataset.key));
    const known = new Map([...log.children].map((each) => [each.dataset.key, each]));
    for (const line of this.view.lines) {
      const element = lineElement(line, options);
      if (open.has(line.key)) element.querySelector("details")?.setAttribute("open", "");
      const before = known.get(line.key);
      if (!before) log.append(element); // screen readers announce new lines only
      else if (before.textContent !== element.textContent) before.replaceWith(element);
    }
    if (!known.size) this.#atEnd = true;
    this.#scrollToEnd();
  }

  #scrollToEnd() {
    if (this.#atEnd) $("log-box").scrollTop = $("log-box").scrollHeight;
  }

  #typed() {
    let text = $("text").value;
    const used = /(?:^|\s)\/([a-z0-9à-ÿ_-]+) $/.exec(text);
    const saved = used && this.savedReplies().find(({ shortcut }) => shortcut === used[1]);
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
    // After a lost connection, the same text is the same reply, because it may have been sent.
    const key = JSON.stringify(body);
    const reply = tried?.key === key ? tried.reply : newId();
    // The box is emptied at once: a second Enter sends nothing, and a text written meanwhile is the next reply.
    this.drafts.set(id, { text: "", card: null, tried: null });
    this.#refillReply(id);
    const sent = this.#sending.then(() => this.act("reply", { ...body, reply }, handoff)); // in the order of writing
    this.#sending = sent;
    if (!(await sent)) {
      this.drafts.restore(id, "text", text);
      this.drafts.set(id, { card: this.drafts.of(id).card ?? card, tried: { key, reply } });
      return this.#refillReply(id);
    }
    if (this.#goOnIfEnded()) return;
    if (this.handoff?.id === id) {
      this.#atEnd = true; // shows the sent reply, wherever the supervisor was reading
      this.#scrollToEnd();
    }
    // A supervisor who meanwhile writes elsewhere (a note, for example) must not lose the focus.
    if ([from, document.body].includes(document.activeElement)) $("text").focus();
  }

  #refillReply(id) {
    if (this.handoff?.id !== id) return;
    this.refill(id, "text");
    this.attach(this.drafts.of(id).card);
  }

  /** Decides on a held answer: `action` is approve or refuse. */
  async decide(action, answer) {
    if (!(await this.act(action, { answer }))) return;
    if (!this.#goOnIfEnded()) $("talk-title").focus();
  }

  /** Goes on to the next request if the decision on its last held answer has ended this one. Returns whether it has. */
  #goOnIfEnded() {
    const ended = this.handoff?.kind === "validation" && this.handoff.state === "closed";
    if (ended) this.done();
    return ended;
  }

  async #transfer() {
    await this.#colleagues();
    // Colleagues who arrive or get a free place while the dialog is open are offered, too.
    const refresh = setInterval(() => this.#colleagues().catch(() => {}), COLLEAGUES_EVERY);
    const agreed = await ask($("transferring")).finally(() => clearInterval(refresh));
    if (!agreed || !$("to").value) return;
    const id = this.handoff.id;
    const to = $("to").value;
    const team = to.startsWith("team:") ? to.slice("team:".length) : "";
    const leaving = team && !this.teams.includes(team); // we may not read it any more
    if (!(await this.act("transfer", { to, note: $("why").value }, this.handoff, !leaving))) return;
    this.drafts.set(id, { why: "" });
    this.refill(id, "why");
    if (leaving && this.handoff?.id === id) this.lost(fill(this.words.handed_over, { team }));
  }

  /** Lists the colleagues and teams that can take the conversation now. Keeps the present choice. */
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
    // Instead of an empty list, a sentence says what can be done.
    const nobodyFree = ![...$("to").options].some(({ disabled }) => !disabled);
    $("nobody-else").hidden = !nobodyFree;
    $("transfer-fields").hidden = $("transfer-do").hidden = nobodyFree;
  }

  async #end(toBot) {
    const { state } = this.handoff;
    $("ending-title").textContent = toBot ? this.words.end_to_bot : this.words.end_close;
    const hint = { call_back: this.words.end_call_hint, mail_back: this.words.end_mail_hint }[this.handoff.kind];
    $("summary").closest("p").hidden = state !== "claimed" || hint;
    $("ending-hint").textContent = hint ?? (state === "claimed" ? this.words.summary_hint : this.words.end_unheld_hint);
    if (!(await ask($("ending")))) return;
    const id = this.handoff.id;
    const summary = state === "claimed" ? $("summary").value : "";
    if (!(await this.act("close", { to_bot: toBot, summary }))) return;
    this.drafts.drop(id);
    for (const name of SIDE_FIELDS) this.refill(id, name);
    this.done();
  }

  #markRead() {
    api("POST", `${BASE}/${this.handoff.id}/read`).catch(() => {}); // the next message tries again
  }

  #problem(error) {
    $("error").textContent = error.detail || this.words.unreachable;
    $("error").hidden = false;
  }
}

/** Returns 32 hexadecimal digits. `crypto.randomUUID` is missing on pages served without TLS. */
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
