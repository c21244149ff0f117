// The conversation as this tab knows it: what was said, what was answered, in order and once. It keeps the tabs of one
// browser in step, and hands messages to the connection until they are acknowledged.
import { Api } from "./api.js";
import { Connection } from "./connection.js";
import { Store } from "./store.js";

const WRITING = 3_000;
const PATIENCE = 15_000; // an acknowledged message without a reply: the history is asked once, in case a push was lost

/**
 * Events (detail): item (the item), accepted (message id), refused ({id, text}), later (messages are held), waiting (boolean), line (boolean),
 * notices (they changed), reset ("erased" | "expired"), language (code), resumed, queue (a sentence, or ""). Items: {kind: "said", id, text, at, waiting} and {kind: "reply", ...ReplyEvent}.
 */
export class Conversation extends EventTarget {
  items = [];
  queue = ""; // where the citizen stands who waits for a human, or that an answer takes long
  up = null; // null until the first attempt to reach the gateway
  #seen = new Set(); // message ids and reply seqs that have been taken in
  #unanswered = new Map(); // message id → timer
  #wrote = 0; // when it was last said that the citizen writes
  #looked = 0; // the last reply that was said to be seen
  #beginning = null;
  #begun = 0; // when this tab was last given a token
  #used; // the token that the connection shows

  /** `languages`: those that the panel has words in; the conversation may go on in others. */
  constructor(base, language, languages) {
    super();
    this.store = new Store(base);
    this.languages = languages;
    this.language = this.store.read().language ?? language;
    this.api = new Api(base, () => ({ token: this.token(), language: this.language }));
    this.connection = new Connection(this.api, this);
    this.tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel(`guichet:${base}`) : null;
    this.tabs?.addEventListener("message", ({ data }) => this.#fromTab(data));
    // What another tab stored may arrive here after what it says: then it is only now that there is a token.
    addEventListener("storage", ({ key }) => key === this.store.key && this.#connect());
  }

  token = () => this.store.read().token;
  outbox = () => this.store.read().outbox.map(({ id, text, payload }) => (payload ? { id, payload } : { id, text }));
  after = () => this.items.reduce((last, item) => Math.max(last, item.seq ?? 0), 0);

  /** Finds the conversation of an earlier page or another tab again, if there is one. */
  async resume() {
    this.resuming = true; // what is shown now was said before: nobody needs to be told
    if (this.token()) {
      await this.#reconcile();
      this.#connect();
    }
    for (const message of this.store.read().outbox) this.#said(message, true);
    this.resuming = false;
    this.#tell("resumed");
    if (!this.token() && this.outbox().length) this.#begin();
  }

  /** Says `text`; a choice also has its signed `payload`, and `text` is its label. */
  say(text, payload) {
    const message = { id: crypto.randomUUID?.() ?? randomId(), text, payload, at: new Date().toISOString() };
    this.store.update((state) => state.outbox.push(message));
    this.#said(message, true);
    this.tabs?.postMessage({ type: "said", message });
    if (this.token()) this.connection.send(payload ? { id: message.id, payload } : { id: message.id, text });
    else this.#begin();
  }

  /** While a human answers: that the citizen writes, at most every few seconds. */
  writing() {
    if (!this.held() || Date.now() - this.#wrote < WRITING) return;
    this.#wrote = Date.now();
    this.connection.hint({ type: "typing" });
  }

  /** While a human answers: that everything so far is in the citizen's view. */
  looking() {
    const after = this.after();
    if (!this.held() || after <= this.#looked) return;
    this.#looked = after;
    this.connection.hint({ type: "seen", seq: after });
  }

  async erase() {
    const response = this.token() ? await this.api.erase() : null;
    this.receipt = response?.headers.get("Guichet-Receipt") ?? "";
    this.#forget("erased");
    this.tabs?.postMessage({ type: "reset" });
  }

  async setLanguage(language) {
    if (this.token()) await this.api.setLanguage(language);
    this.language = language;
    if (this.token()) this.store.update((state) => (state.language = language));
    this.tabs?.postMessage({ type: "language", language });
  }

  async rate(reply, opinion) {
    await this.api.feedback({ reply, ...opinion });
    this.store.update((state) => (state.rated[reply] = true));
  }

  /** Whether the end of this contact may be asked about: there was an answer, and it was not asked before. */
  mayAsk = () => !this.store.read().asked && this.items.some(({ kind, outcome, blocks }) => kind === "reply" && (outcome === "no_answer" || blocks.some(({ type }) => type === "answer")));

  isRated = (reply) => reply in this.store.read().rated;

  // What the connection tells.

  receive(frame) {
    if (frame.type === "notices") this.#tell("notices");
    else if (frame.type === "queue") this.#tell("queue", (this.queue = frame.text));
    else if (frame.type === "accepted") this.#accepted(frame.id);
    else if (frame.type === "typing") this.#tell("waiting", true);
    else if (frame.type === "reply") this.#reply(frame);
  }

  refused(id, error) {
    const message = this.store.read().outbox.find((each) => each.id === id) ?? this.store.read().outbox[0];
    if (!message) return;
    this.#accepted(message.id);
    this.#answered(message.id);
    this.#tell("refused", { id: message.id, text: error.message });
  }

  later() {
    this.#tell("later");
  }

  line(up) {
    if (!up) this.#tell("queue", (this.queue = "")); // it may be over before the line is back, which then tells anew
    if (this.up !== up) this.#tell("line", (this.up = up));
  }

  /** The token is worth nothing any more: what was said is gone, what waits to be said opens a new conversation. */
  gone() {
    const { token, outbox } = this.store.read();
    const renewed = token && token !== this.#used; // another tab was quicker and holds a new one
    this.#forget("expired", { keep: renewed });
    if (!renewed && outbox.length) this.store.update((state) => (state.outbox = outbox));
    const soon = Date.now() - this.#begun < PATIENCE; // a token refused as soon as given: don't ask for one after the other
    setTimeout(() => this.resume(), soon ? PATIENCE : 0);
  }

  // Within.

  #begin() {
    this.#beginning ??= exclusively(async () => {
      for (let wait = 500; !this.token(); wait = Math.min(wait * 2, 30_000)) {
        try {
          const { conversation, token } = await this.api.begin(this.language);
          this.store.update((state) => Object.assign(state, { conversation, token, language: this.language }));
          this.tabs?.postMessage({ type: "begun" });
        } catch (error) {
          this.line(false);
          await Promise.race([pause(wait), new Promise((resolve) => addEventListener("online", resolve, { once: true }))]);
        }
      }
      this.#begun = Date.now();
      this.#connect();
    }).finally(() => (this.#beginning = null));
  }

  #connect() {
    this.#used = this.token();
    if (this.#used) this.connection.start();
  }

  async #reconcile() {
    let history;
    try {
      history = await this.api.history();
    } catch (error) {
      if (error.status === 401 || error.status === 404) return this.gone();
      return this.line(false);
    }
    this.#speak(history.language);
    for (const { message, reply } of history.turns) {
      if (message) {
        this.#said(message, false);
        if (!reply) this.#accepted(message.id);
      }
      if (reply) this.#reply(reply, true);
    }
  }

  #said(message, waiting) {
    if (this.#seen.has(message.id)) return;
    this.#seen.add(message.id);
    this.#take({ kind: "said", id: message.id, text: message.text, at: message.at, waiting });
  }

  #accepted(id) {
    this.store.update((state) => (state.outbox = state.outbox.filter((message) => message.id !== id)));
    const item = this.items.find((each) => each.kind === "said" && each.id === id);
    if (item) item.waiting = false;
    this.#tell("accepted", id);
    if (this.items.some((each) => each.in_reply_to === id) || this.#unanswered.has(id)) return;
    this.#unanswered.set(id, setTimeout(() => this.#reconcile(), PATIENCE));
    this.#tell("waiting", true);
  }

  #reply(event, recorded = false) {
    if (this.#seen.has(event.seq)) return;
    const unknown = event.in_reply_to && !this.#seen.has(event.in_reply_to);
    if (unknown && !recorded) return this.#reconcile(); // said in another tab that had no time to tell
    this.#seen.add(event.seq);
    if (event.in_reply_to) this.#accepted(event.in_reply_to);
    this.#take({ kind: "reply", ...event, language: event.language ?? this.language });
    this.#answered(event.in_reply_to);
    if (!recorded) this.#speak(event.language);
  }

  /** Who asked for another language reads the panel in it, too. */
  #speak(language) {
    if (language === this.language || !this.languages.includes(language)) return;
    this.language = language;
    this.store.update((state) => (state.language = language));
    this.#tell("language", language);
  }

  /** Whether the last word is a human's. */
  held = () => this.items.findLast((item) => item.kind === "reply")?.outcome === "human";

  #answered(id) {
    clearTimeout(this.#unanswered.get(id));
    this.#unanswered.delete(id);
    if (!this.#unanswered.size) this.#tell("waiting", false);
  }

  #take(item) {
    this.items.push(item);
    this.#tell("item", item);
  }

  #fromTab(data) {
    if (data.type === "said") this.#said(data.message, true);
    if (data.type === "begun") this.#connect();
    if (data.type === "reset") this.#forget("erased");
    if (data.type === "language") this.#tell("language", (this.language = data.language));
  }

  #forget(reason, { keep = false } = {}) {
    this.connection.stop();
    if (!keep) this.store.clear();
    for (const timer of this.#unanswered.values()) clearTimeout(timer);
    this.#unanswered.clear();
    this.#seen.clear();
    this.items = [];
    this.#tell("queue", (this.queue = ""));
    this.#tell("waiting", false);
    this.#tell("reset", reason);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** One tab at a time, where the browser can (a secure context): two tabs would begin two conversations. */
const exclusively = (task) => (navigator.locks ? navigator.locks.request("guichet", task) : task());

/** A UUID of version 4; `crypto.randomUUID` is missing on pages served without TLS. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
