// The state of the conversation in this tab: messages and replies, in order, each once. It synchronises the tabs of one
// browser, and sends messages through the connection until they are acknowledged.
import { Api } from "./api.js";
import { Connection } from "./connection.js";
import { Store } from "./store.js";

const WRITING = 3_000;
const PATIENCE = 15_000; // after this, the history of an acknowledged message without a reply is read: a push may be lost

/**
 * Events (detail): item (the item), accepted (message id), refused ({id, text}), later (messages are held back), waiting
 * (boolean), line (is the connection up?), notices (they changed), reset ("erased" | "expired"), language (code), resumed,
 * queue (a sentence, or ""). Items: {kind: "said", id, text, at, waiting} and {kind: "reply", ...ReplyEvent}.
 */
export class Conversation extends EventTarget {
  items = [];
  queue = ""; // the place in the queue for a human, or the note that an answer takes long
  up = null; // null until the first attempt to reach the gateway
  #seen = new Set(); // ids of messages and seqs of replies that are in items
  #unanswered = new Map(); // message id → timer
  #typingHintAt = 0;
  #seenHinted = 0; // the seq of the last reply that was reported as seen
  #opening = null;
  #tokenGivenAt = 0; // when this tab last got a token
  #connectionToken; // the token with which the connection was started

  /** `languages`: those of the panel; the conversation may continue in another one. */
  constructor(base, language, languages) {
    super();
    this.store = new Store(base);
    this.languages = languages;
    this.language = this.store.read().language ?? language;
    this.api = new Api(base, () => ({ token: this.token(), language: this.language }));
    this.connection = new Connection(this.api, this);
    this.tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel(`guichet:${base}`) : null;
    this.tabs?.addEventListener("message", ({ data }) => this.#receiveFromTab(data));
    // Another tab's message may arrive before its change of the storage: the token is visible only now.
    addEventListener("storage", ({ key }) => key === this.store.key && this.#connect());
  }

  token = () => this.store.read().token;
  outbox = () => this.store.read().outbox.map(({ id, text, payload }) => (payload ? { id, payload } : { id, text }));
  after = () => this.items.reduce((last, item) => Math.max(last, item.seq ?? 0), 0);

  /** Restores the conversation of an earlier page or of another tab, if there is one. */
  async resume() {
    this.resuming = true; // these items are not new: they are not announced
    if (this.token()) {
      await this.#reconcile();
      this.#connect();
    }
    for (const message of this.store.read().outbox) this.#addMessage(message, true);
    this.resuming = false;
    this.#emit("resumed");
    if (!this.token() && this.outbox().length) this.#open();
  }

  /** Continues the conversation that an e-mail's link opens. Returns the reason if it does not, else nothing. */
  async reopen(code) {
    try {
      const { conversation, token, language } = await this.api.reopen(code);
      if (this.store.read().conversation !== conversation) this.store.clear();
      this.store.update((state) => Object.assign(state, { conversation, token, language }));
    } catch (error) {
      return error.message;
    }
  }

  /** Sends `text`. For a choice, `payload` is its signed payload, and `text` its label. */
  say(text, payload) {
    const message = { id: crypto.randomUUID?.() ?? randomId(), text, payload, at: new Date().toISOString() };
    this.store.update((state) => state.outbox.push(message));
    this.#addMessage(message, true);
    this.tabs?.postMessage({ type: "said", message });
    if (this.token()) this.connection.send(payload ? { id: message.id, payload } : { id: message.id, text });
    else this.#open();
  }

  /** Reports to a human who answers that the citizen is typing, at most every few seconds. */
  hintTyping() {
    if (!this.isWithHuman() || Date.now() - this.#typingHintAt < WRITING) return;
    this.#typingHintAt = Date.now();
    this.connection.hint({ type: "typing" });
  }

  /** Reports to a human who answers that the citizen sees all replies. */
  hintSeen() {
    const after = this.after();
    if (!this.isWithHuman() || after <= this.#seenHinted) return;
    this.#seenHinted = after;
    this.connection.hint({ type: "seen", seq: after });
  }

  async erase() {
    const response = this.token() ? await this.api.erase() : null;
    this.receipt = response?.headers.get("Guichet-Receipt") ?? "";
    this.#reset("erased");
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

  /** Decides whether to ask if the citizen is satisfied: after an answer, and once only. */
  canAskSatisfaction = () => !this.store.read().asked && this.items.some(({ kind, outcome, blocks }) => kind === "reply" && (outcome === "no_answer" || blocks.some(({ type }) => type === "answer")));

  isRated = (reply) => reply in this.store.read().rated;

  // Called by the connection.

  receive(frame) {
    if (frame.type === "notices") this.#emit("notices");
    else if (frame.type === "queue") this.#emit("queue", (this.queue = frame.text));
    else if (frame.type === "accepted") this.#markAccepted(frame.id);
    else if (frame.type === "typing") this.#emit("waiting", true);
    else if (frame.type === "reply") this.#addReply(frame);
  }

  messageRefused(id, error) {
    const message = this.store.read().outbox.find((each) => each.id === id) ?? this.store.read().outbox[0];
    if (!message) return;
    this.#markAccepted(message.id);
    this.#markAnswered(message.id);
    this.#emit("refused", { id: message.id, text: error.message });
  }

  messagesHeld() {
    this.#emit("later");
  }

  lineChanged(up) {
    if (!up) this.#emit("queue", (this.queue = "")); // the gateway sends the present state on reconnection
    if (this.up !== up) this.#emit("line", (this.up = up));
  }

  /** Forgets the conversation, whose token is no longer valid. Unsent messages open a new one. */
  tokenRejected() {
    const { token, outbox } = this.store.read();
    const renewed = token && token !== this.#connectionToken; // another tab has got a new one already
    this.#reset("expired", { keep: renewed });
    if (!renewed && outbox.length) this.store.update((state) => (state.outbox = outbox));
    const soon = Date.now() - this.#tokenGivenAt < PATIENCE; // a new token was refused at once: do not request one after the other
    setTimeout(() => this.resume(), soon ? PATIENCE : 0);
  }

  #open() {
    this.#opening ??= exclusively(async () => {
      for (let wait = 500; !this.token(); wait = Math.min(wait * 2, 30_000)) {
        try {
          const { conversation, token } = await this.api.begin(this.language);
          this.store.update((state) => Object.assign(state, { conversation, token, language: this.language }));
          this.tabs?.postMessage({ type: "begun" });
        } catch (error) {
          this.lineChanged(false);
          await Promise.race([pause(wait), new Promise((resolve) => addEventListener("online", resolve, { once: true }))]);
        }
      }
      this.#tokenGivenAt = Date.now();
      this.#connect();
    }).finally(() => (this.#opening = null));
  }

  #connect() {
    this.#connectionToken = this.token();
    if (this.#connectionToken) this.connection.start();
  }

  async #reconcile() {
    let history;
    try {
      history = await this.api.history();
    } catch (error) {
      if (error.status === 401 || error.status === 404) return this.tokenRejected();
      return this.lineChanged(false);
    }
    this.#switchLanguage(history.language);
    for (const { message, reply } of history.turns) {
      if (message) {
        this.#addMessage(message, false);
        if (!reply) this.#markAccepted(message.id);
      }
      if (reply) this.#addReply(reply, true);
    }
  }

  #addMessage(message, waiting) {
    if (this.#seen.has(message.id)) return;
    this.#seen.add(message.id);
    this.#addItem({ kind: "said", id: message.id, text: message.text, at: message.at, waiting });
  }

  #markAccepted(id) {
    this.store.update((state) => (state.outbox = state.outbox.filter((message) => message.id !== id)));
    const item = this.items.find((each) => each.kind === "said" && each.id === id);
    if (item) item.waiting = false;
    this.#emit("accepted", id);
    if (this.items.some((each) => each.in_reply_to === id) || this.#unanswered.has(id)) return;
    this.#unanswered.set(id, setTimeout(() => this.#reconcile(), PATIENCE));
    this.#emit("waiting", true);
  }

  #addReply(event, recorded = false) {
    if (this.#seen.has(event.seq)) return;
    const unknown = event.in_reply_to && !this.#seen.has(event.in_reply_to);
    if (unknown && !recorded) return this.#reconcile(); // sent by another tab that was closed before it could report it
    this.#seen.add(event.seq);
    if (event.in_reply_to) this.#markAccepted(event.in_reply_to);
    this.#addItem({ kind: "reply", ...event, language: event.language ?? this.language });
    this.#markAnswered(event.in_reply_to);
    if (!recorded) this.#switchLanguage(event.language);
  }

  /** Switches the panel to the language in which the conversation continues. */
  #switchLanguage(language) {
    if (language === this.language || !this.languages.includes(language)) return;
    this.language = language;
    this.store.update((state) => (state.language = language));
    this.#emit("language", language);
  }

  /** Decides whether a human is answering: the last reply is theirs. */
  isWithHuman = () => this.items.findLast((item) => item.kind === "reply")?.outcome === "human";

  #markAnswered(id) {
    clearTimeout(this.#unanswered.get(id));
    this.#unanswered.delete(id);
    if (!this.#unanswered.size) this.#emit("waiting", false);
  }

  #addItem(item) {
    this.items.push(item);
    this.#emit("item", item);
  }

  #receiveFromTab(data) {
    if (data.type === "said") this.#addMessage(data.message, true);
    if (data.type === "begun") this.#connect();
    if (data.type === "reset") this.#reset("erased");
    if (data.type === "language") this.#emit("language", (this.language = data.language));
  }

  #reset(reason, { keep = false } = {}) {
    this.connection.stop();
    if (!keep) this.store.clear();
    for (const timer of this.#unanswered.values()) clearTimeout(timer);
    this.#unanswered.clear();
    this.#seen.clear();
    this.items = [];
    this.#emit("queue", (this.queue = ""));
    this.#emit("waiting", false);
    this.#emit("reset", reason);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs `task` in one tab at a time, so that two tabs do not open two conversations (only in a secure context). */
const exclusively = (task) => (navigator.locks ? navigator.locks.request("guichet", task) : task());

/** Returns a UUID of version 4: pages without TLS have no `crypto.randomUUID`. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
