// The open widget: a dialog (modal if it fills the screen) with a log and a form. Loaded when the launcher is first used.
import { Conversation } from "./conversation.js";
import { actions, fold } from "./actions.js";
import { h, typeset, wordsOf } from "./dom.js";
import { Paper } from "./paper.js";
import { frame, intro, notice } from "./parts.js";
import { replyArticle, unfold } from "./reply.js";
import { saveTranscript } from "./transcript.js";
import { STYLE } from "./style.js";

const RATED = new Set(["answered", "no_answer", "out_of_scope"]);
const NOTICES_EVERY = 30_000; // ms between two requests for notices while no connection reports changes
const FULL_SCREEN = matchMedia("(max-width: 40rem), (max-height: 30rem)");

/** Returns the panel, ready to be opened. Rejects if the service does not answer. Calls `host.closed()` when it closes. */
export async function createPanel(options) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  options.root.adoptedStyleSheets = [...options.root.adoptedStyleSheets, sheet];
  const panel = new Panel(options);
  await panel.load();
  return panel;
}

class Panel {
  #configs = {};
  #openedCards = new Map(); // message id → the mini card in which its answer is shown
  #pressedCard = null; // the mini card that is being pressed

  constructor({ base, language, config, languages, link, host, frame: parent, root }) {
    Object.assign(this, { base, link, host, parent, root });
    this.prefetched = { language, config }; // requested by the launcher while the modules were loading
    this.conversation = new Conversation(base, language, languages);
    const on = (type, listener) => this.conversation.addEventListener(type, ({ detail }) => this.dialog && listener(detail));
    on("item", (item) => this.#show(item, this.conversation.resuming));
    on("resumed", () => (this.#scrollToLast(), this.#announceFromNow()));
    on("accepted", () => this.#updateStates());
    on("later", () => this.#updateStates());
    on("refused", ({ id, text }) => this.#refused(id, text));
    on("waiting", (waiting) => this.#showTyping(waiting));
    on("line", (up) => (this.#showConnection(up), up && this.#refreshNotices())); // they may have changed before the connection was up
    on("notices", () => this.#refreshNotices());
    on("queue", (text) => this.#showQueue(text));
    on("reset", (reason) => this.#reset(reason));
    on("language", () => this.#build());
    document.addEventListener("visibilitychange", () => this.#reportSeen());
    // Before the first message there is no connection: withdrawn notices would stay on screen.
    setInterval(() => this.dialog?.open && !this.conversation.up && !document.hidden && this.#refreshNotices(), NOTICES_EVERY);
    FULL_SCREEN.addEventListener("change", () => this.dialog?.open && this.#open());
    this.paper = new Paper({
      host, root, base,
      items: () => this.conversation.items,
      covers: () => (!this.dialog?.open ? "nothing" : FULL_SCREEN.matches || this.printing ? "all" : "beside"),
      config: () => this.config,
      words: () => this.words,
    });
  }

  async load() {
    await this.#build();
    const problem = this.link && (await this.conversation.reopen(this.link));
    this.conversation.resume();
    if (problem) this.#status(problem);
  }

  /** Opens the panel. `quietly`: the focus stays. `ask`: a question from the surrounding page, sent as the citizen's. */
  async open({ quietly, ask }) {
    this.#refreshNotices();
    this.#open();
    this.#reportSeen();
    this.conversation.store.setOpen(true);
    this.#scrollToLast();
    if (quietly) return;
    if (ask) this.conversation.say(ask);
    if (matchMedia("(pointer: coarse)").matches) this.intro.focus(); // a screen keyboard would hide what must be read first
    else this.input.focus();
  }

  /** Builds everything (again) in the conversation's language. Earlier items are shown without being announced. */
  async #build() {
    const { language } = this.conversation;
    const prefetched = this.prefetched.language === language && (await this.prefetched.config);
    const config = (this.#configs[language] ??= prefetched || (await this.conversation.api.config(language)));
    this.config = config;
    this.words = wordsOf(config, language);
    const before = this.dialog;
    this.#openedCards.clear();
    const writing = this.input && this.root.activeElement === this.input;
    const draft = this.input?.value ?? "";
    const parts = frame(config, this.words, this.base, {
      close: () => this.#close(),
      submit: () => this.#submit(),
      print: () => this.#print(),
      download: () => saveTranscript(this.conversation.items, config, this.words),
      erase: () => this.conversation.erase().catch(() => this.#status(this.words.unavailable)),
      switchTo: (code) => this.#switchTo(code),
    });
    Object.assign(this, parts);
    this.suggesting = null;
    this.input.addEventListener("input", () => (this.conversation.hintTyping(), this.#suggest()));
    this.intro = intro(config, this.words, (text) => this.conversation.say(text));
    this.log.setAttribute("aria-live", "off");
    this.log.append(this.intro);
    this.input.value = draft;
    for (const item of this.conversation.items) this.#show(item, true);
    this.parent.append(this.dialog);
    if (before?.open) this.#open();
    if (writing) this.input.focus(); // the citizen may be typing while the language changes
    if (before) this.#refreshNotices();
    before?.remove();
    if (this.conversation.up === false) this.#showConnection(false);
    this.#showQueue(this.conversation.queue);
    this.#scrollToLast();
    if (before) this.#announceFromNow();
  }

  /** Suggests questions for what is typed, unless a human answers. */
  async #suggest() {
    if (!this.config.suggestions || this.conversation.isWithHuman()) return;
    const { input, words } = this;
    const { suggestions } = await import("./suggest.js").catch(() => ({}));
    if (!suggestions || input !== this.input) return; // not loaded, or the panel was rebuilt meanwhile
    const choose = (text) => ((input.value = text), this.#submit());
    (this.suggesting ??= suggestions({ input, words, find: (text) => this.conversation.api.suggestions(text), choose })).update();
  }

  /** Shows the present notices to everybody; none if the service does not answer. */
  async #refreshNotices() {
    const { notices } = this;
    const found = await this.conversation.api.notices(this.conversation.language).catch(() => []);
    if (notices !== this.notices) return; // the panel was rebuilt meanwhile, in another language
    const shown = found.map(({ id, lang }) => id + lang).join();
    if (shown !== (notices.dataset.shown ?? "")) notices.replaceChildren(...found.map(notice));
    notices.dataset.shown = shown;
    notices.hidden = !found.length;
  }

  /** Makes the log announce new items. The delay keeps items that were just added silent. */
  #announceFromNow() {
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 300);
  }

  #scrollToLast() {
    if (this.log.childElementCount > 1) this.log.lastElementChild.scrollIntoView({ block: "nearest" });
  }

  #open() {
    this.farewell?.remove();
    const focused = this.root.activeElement;
    if (this.dialog.open) this.dialog.close();
    this.dialog.open = false;
    if (FULL_SCREEN.matches) this.dialog.showModal();
    else this.dialog.open = true; // show() would take the focus
    focused?.focus();
  }

  #close() {
    if (!this.dialog.open) return;
    this.conversation.store.setOpen(false);
    this.dialog.close();
    this.host.closed();
    if (this.conversation.canAskSatisfaction()) this.#askSatisfaction();
  }

  /** Asks, once a conversation and beside the launcher, whether the citizen is satisfied. */
  async #askSatisfaction() {
    this.conversation.store.update((state) => (state.asked = true));
    const { satisfaction } = await import("./satisfaction.js").catch(() => ({}));
    if (!satisfaction || this.dialog.open) return;
    const rate = (verdict) => this.conversation.api.satisfaction(verdict);
    this.farewell = satisfaction({ words: this.words, opinionUrl: this.config.opinion_url, rate });
    this.parent.append(this.farewell);
  }

  #submit() {
    this.suggesting?.close();
    const text = this.input.value.trim();
    if (!text) return this.input.focus();
    this.input.value = "";
    this.conversation.say(text);
  }

  async #switchTo(code) {
    try {
      await this.conversation.setLanguage(code);
      await this.#build();
      if (this.root.activeElement !== this.input) this.dialog.querySelector(".language").focus();
    } catch {
      this.#status(this.words.unavailable);
    }
  }

  #show(item, again = false) {
    if (item.kind === "said") return this.#showSaid(item, again);
    if (!item.blocks.length) return; // a human answers, or no reply is shown
    const place = this.#openedCards.get(item.in_reply_to);
    const choose = (label, payload, pressed) => this.#choose(label, payload, pressed);
    const locate = async (payload) => (await import("./nearest.js")).nearestOffice(payload, this.conversation.api, this.words);
    const card = item.blocks.find((block) => block.type === "answer");
    const repeats = !place && this.#repeats(item, card);
    const article = replyArticle(item, { words: this.words, config: this.config, choose, locate, within: Boolean(place), again: repeats });
    const rated = RATED.has(item.outcome) || card;
    for (const older of this.log.querySelectorAll(".sms")) older.remove(); // only the last answer can be sent to a telephone
    if (card && !repeats) for (const older of this.log.querySelectorAll(".actions")) fold(older, this.words);
    if (rated && !repeats) (article.querySelector(".card") ?? article).append(this.#actions(item, card));
    if (place) {
      place.append(article);
      unfold(place, true);
    } else this.log.append(article);
    if (!again) this.#bringIntoView(article, place);
    this.#reportSeen();
  }

  /** Decides whether a reply only asks for details of the answer above it, which is then not repeated. */
  #repeats(item, card) {
    const only = item.blocks.filter(({ type }) => type === "answer").length === 1;
    if (!only || !item.blocks.some(({ purpose }) => purpose === "cases")) return false;
    const { items } = this.conversation;
    const before = items.slice(0, items.indexOf(item)).findLast(({ kind, blocks }) => kind === "reply" && blocks.length);
    return Boolean(before?.blocks.some(({ type, entry, body }) => type === "answer" && entry === card.entry && body === card.body));
  }

  #actions(item, card) {
    const { words, base, conversation } = this;
    return actions({
      words, base, card,
      opinionUrl: this.config.opinion_url,
      rate: !conversation.isRated(item.id) && ((opinion) => conversation.rate(item.id, opinion)),
      print: item.blocks.some(({ type }) => type === "answer" || type === "place") && (() => this.paper.print(item)),
      tell: (text) => this.#status(text),
      toPhone: this.config.phone_copy && (() => conversation.say(words.send_by_sms)),
    });
  }

  #showSaid(item, again) {
    if (this.#pressedCard) return this.#openedCards.set(item.id, this.#pressedCard); // the mini card shows its label already
    this.log.append(
      h(
        "div",
        { class: "said", "data-id": item.id },
        h("p", { dir: "auto" }, h("span", { class: "unseen" }, this.words.you + this.words.colon), item.text),
        h("p", { class: "state", hidden: true }),
      ),
    );
    this.#updateState(item);
    if (!again) this.log.lastElementChild.scrollIntoView({ block: "nearest" });
  }

  /** Sends a choice. Its reply is shown in the mini card that was `pressed`, if any. */
  #choose(label, payload, pressed) {
    if (pressed) pressed.querySelector("button").ariaBusy = "true";
    this.#pressedCard = pressed;
    this.conversation.say(label, payload);
    this.#pressedCard = null;
  }

  /** Prints the whole conversation without the surrounding page. */
  #print() {
    this.printing = true;
    window.print();
    this.printing = false;
  }

  /** Reports to a human who answers that the citizen sees their messages. */
  #reportSeen() {
    if (this.dialog.open && document.visibilityState === "visible") this.conversation.hintSeen();
  }

  /** Scrolls to a new reply, and focuses it unless the citizen is typing or is elsewhere on the page. */
  #bringIntoView(article, place) {
    const focused = this.root.activeElement;
    const writing = focused?.matches("textarea") && focused.value;
    const said = article.previousElementSibling;
    (place ?? (said?.matches(".said") && said.offsetHeight < 120 ? said : article)).scrollIntoView({ block: "start" });
    if (focused && !writing && this.dialog.contains(focused)) article.focus({ preventScroll: true });
  }

  /** Shows under an unsent message why it waits. */
  #updateState({ id, waiting }) {
    const state = this.log.querySelector(`[data-id="${CSS.escape(id)}"] .state`);
    if (!state) return;
    const { up, connection } = this.conversation;
    const why = waiting && (up === false ? this.words.waiting : connection.held && this.words.sent_later);
    state.hidden = !why;
    if (why && why !== state.textContent) state.textContent = why;
  }

  #updateStates() {
    for (const item of this.conversation.items) if (item.kind === "said") this.#updateState(item);
  }

  #refused(id, text) {
    const said = this.log.querySelector(`[data-id="${CSS.escape(id)}"]`);
    this.#openedCards.get(id)?.querySelector("button")?.removeAttribute("aria-busy");
    (said ?? this.log.lastElementChild).after(h("div", { class: "reply" }, h("div", { class: "notice" }, text || this.words.unavailable)));
  }

  #showTyping(waiting) {
    this.typing.hidden = !waiting;
    if (waiting) this.typing.scrollIntoView({ block: "nearest" });
  }

  /** Shows the place in the queue, or that the answer takes long. Changes are announced. */
  #showQueue(text) {
    const appears = text && !this.queue.textContent;
    this.queue.textContent = typeset(text, this.words.language);
    if (appears) this.#scrollToLast(); // the line shrinks the log and would hide its last item
  }

  #showConnection(up) {
    this.dialog.classList.toggle("down", up === false);
    const lost = navigator.onLine ? this.words.unavailable : `${this.words.connection_lost} ${this.words.reconnecting}…`;
    if (up === false) this.#status(lost, true);
    else if (this.trouble) this.#status(this.words.reconnected);
    this.trouble = up === false;
    this.#updateStates();
  }

  #status(text, stays = false) {
    clearTimeout(this.fading);
    this.status.textContent = text;
    if (!stays) this.fading = setTimeout(() => (this.status.textContent = ""), 6000);
  }

  #reset(reason) {
    this.#openedCards.clear();
    for (const element of [...this.log.children]) if (element !== this.intro) element.remove();
    const receipt = reason === "erased" && this.conversation.receipt;
    const told = receipt ? ` ${this.words.erasure_receipt.replace("{receipt}", receipt)}` : "";
    this.#status((reason === "expired" ? this.words.expired : this.words.erased) + told, Boolean(receipt));
    if (this.root.activeElement) this.input.focus();
  }
}
