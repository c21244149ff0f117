// The panel beside the conversation: suggestions of the knowledge base, saved replies, labels and notes.
import { api } from "/desk/static/desk/api.js";
import { $, clock, fill, h, debounced } from "./dom.js";

const CONSOLE = "/api/desk/console";

export class SidePanel {
  replies = [];
  #searches = 0;
  #reads = 0;
  #couldWrite = false;

  /** `options`: {conversation, words, language}. */
  constructor(options) {
    Object.assign(this, options);
    const search = debounced(() => this.#search(), 250);
    $("search").addEventListener("input", search);
    this.conversation.addEventListener("changed", ({ detail: other }) => this.#show(other));
    this.#form("noting", "note", (text) => api("POST", `${this.#base}/notes`, { text }));
    this.#form("labelling", "label", (text) => api("POST", `${this.#base}/labels`, { text }));
    $("saving").addEventListener("submit", (event) => (event.preventDefault(), this.#save()));
    this.read();
  }

  get #base() {
    return `${CONSOLE}/handoffs/${this.conversation.handoff.id}`;
  }

  /** Reads the saved replies and labels, which colleagues may have changed. Keeps the known ones if that fails. */
  async read() {
    const read = ++this.#reads;
    try {
      const [replies, labels] = await Promise.all([api("GET", `${CONSOLE}/replies`), api("GET", `${CONSOLE}/labels`)]);
      if (read !== this.#reads) return; // a later read is newer, whichever ends first
      this.replies = replies;
      $("known").replaceChildren(...labels.map((value) => h("option", { value })));
      this.#showSaved();
    } catch {
      // The next chosen conversation tries again.
    }
  }

  #show(other) {
    const { view, handoff } = this.conversation;
    const { words, language } = this;
    $("notes").replaceChildren(
      ...view.notes.map(({ author, kind, text, at }) =>
        h("li", {}, h("span", { class: "who" }, [words[`note_${kind}`], author, clock(at, language)].filter(Boolean).join(" · ")), text),
      ),
    );
    $("labels").replaceChildren(
      ...view.labels.map((label) =>
        h("li", {}, h("button", { type: "button", "aria-label": fill(words.unlabel, { label }), onclick: () => this.#unlabel(label) }, `${label} ✕`)),
      ),
    );
    if (!other) {
      if (this.#couldWrite !== this.conversation.writable) this.#search(); // the insert buttons appear or disappear
      return (this.#couldWrite = this.conversation.writable);
    }
    this.#couldWrite = this.conversation.writable;
    this.#showSaved(); // those in the language of this conversation
    const question = view.lines.filter(({ who, text }) => who === "citizen" && text.split(" ").length > 1).at(-1);
    $("search").value = handoff.subject || question?.text || "";
    this.#search();
  }

  async #search() {
    const text = $("search").value.trim().slice(0, 500);
    const search = ++this.#searches;
    if (!text) return $("found").replaceChildren();
    const { words } = this;
    const language = this.conversation.handoff?.language === "en" ? "en" : "fr";
    let found = [];
    let problem = "";
    try {
      found = await api("POST", `${CONSOLE}/search`, { text, language });
    } catch (error) {
      problem = error.detail || words.unreachable;
    }
    if (search !== this.#searches) return;
    $("found-none").textContent = problem || (found.length ? "" : words.found_none);
    $("found").replaceChildren(
      ...found.map((one) =>
        h(
          "li",
          {},
          h("span", {}, one.title, one.confidence !== null && h("span", { class: "hint" }, ` ${new Intl.NumberFormat(this.language, { style: "percent" }).format(one.confidence)}`)),
          this.conversation.writable && h("button", { type: "button", "aria-label": fill(words.insert_named, { title: one.title }), onclick: () => (this.conversation.attach(one), $("text").focus()) }, words.insert),
        ),
      ),
    );
  }

  #showSaved() {
    const language = this.conversation.handoff?.language;
    const fitting = this.replies.filter((reply) => !language || reply.language === language || !["fr", "en"].includes(language));
    $("saved").replaceChildren(
      ...fitting.map(({ id, shortcut, text, deletable }) => {
        const named = (word) => fill(this.words[word], { title: `/${shortcut}` });
        return h(
          "li",
          {},
          h("span", { title: text }, `/${shortcut}`),
          h(
            "span",
            { class: "buttons" },
            h("button", { type: "button", "aria-label": named("insert_named"), onclick: () => this.conversation.writable && this.conversation.insert(text) }, this.words.insert),
            deletable && h("button", { type: "button", "aria-label": named("delete_named"), onclick: () => this.#drop(id, named("delete_sure")) }, "✕"),
          ),
        );
      }),
    );
  }

  async #save() {
    const text = $("text").value.trim();
    if (!text) return $("text").focus();
    const language = this.conversation.handoff.language === "en" ? "en" : "fr";
    if (!(await this.#try(api("POST", `${CONSOLE}/replies`, { shortcut: $("shortcut").value, language, text })))) return;
    $("shortcut").value = "";
    await this.read();
  }

  async #drop(id, question) {
    if (!confirm(question)) return;
    await this.#try(api("DELETE", `${CONSOLE}/replies/${id}`));
    await this.read();
    $("saved-title").focus();
  }

  async #unlabel(label) {
    await this.#try(api("DELETE", `${this.#base}/labels?text=${encodeURIComponent(label)}`));
    $("label").focus();
  }

  #form(form, field, send) {
    $(form).addEventListener("submit", async (event) => {
      event.preventDefault();
      const { conversation } = this;
      const { id } = conversation.handoff;
      const text = $(field).value;
      if (!text.trim()) return;
      conversation.drafts.set(id, { [field]: "" }); // at once: a second Enter adds nothing
      conversation.refill(id, field);
      if (!(await this.#try(send(text)))) conversation.drafts.restore(id, field, text);
      conversation.refill(id, field);
      $(field).focus();
    });
  }

  async #try(call) {
    try {
      await call;
      this.conversation.reload();
      return true;
    } catch (error) {
      $("error").textContent = error.detail || this.words.unreachable;
      $("error").hidden = false;
      return false;
    }
  }
}
