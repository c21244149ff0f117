// The panel beside the conversation: suggestions of the knowledge base, saved replies, labels and notes.
import { api } from "/desk/static/desk/api.js";
import { $, clock, fill, h, settled } from "./dom.js";

const CONSOLE = "/api/desk/console";

export class SidePanel {
  replies = [];
  #asked = 0;
  #reads = 0;
  #writes = false;

  /** `given`: {talk, words, language}. */
  constructor(given) {
    Object.assign(this, given);
    const search = settled(() => this.#search(), 250);
    $("search").addEventListener("input", search);
    this.talk.addEventListener("changed", ({ detail: other }) => this.#show(other));
    this.#form("noting", "note", (text) => api("POST", `${this.#base}/notes`, { text }));
    this.#form("labelling", "label", (text) => api("POST", `${this.#base}/labels`, { text }));
    $("saving").addEventListener("submit", (event) => (event.preventDefault(), this.#save()));
    this.read();
  }

  get #base() {
    return `${CONSOLE}/handoffs/${this.talk.handoff.id}`;
  }

  /** Reads what colleagues keep meanwhile; what cannot be read stays as it is known. */
  async read() {
    const asked = ++this.#reads;
    try {
      const [replies, labels] = await Promise.all([api("GET", `${CONSOLE}/replies`), api("GET", `${CONSOLE}/labels`)]);
      if (asked !== this.#reads) return; // what was asked later is newer, whichever comes first
      this.replies = replies;
      $("known").replaceChildren(...labels.map((value) => h("option", { value })));
      this.#showSaved();
    } catch {
      // until a conversation is chosen again
    }
  }

  #show(other) {
    const { view, handoff } = this.talk;
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
      if (this.#writes !== this.talk.writes) this.#search(); // what may be inserted has changed
      return (this.#writes = this.talk.writes);
    }
    this.#writes = this.talk.writes;
    this.#showSaved(); // in the language of this conversation
    const asked = view.lines.filter(({ who, text }) => who === "citizen" && text.split(" ").length > 1).at(-1);
    $("search").value = handoff.subject || asked?.text || "";
    this.#search();
  }

  async #search() {
    const text = $("search").value.trim().slice(0, 500);
    const asked = ++this.#asked;
    if (!text) return $("found").replaceChildren();
    const { words } = this;
    const language = this.talk.handoff?.language === "en" ? "en" : "fr";
    let found = [];
    let trouble = "";
    try {
      found = await api("POST", `${CONSOLE}/search`, { text, language });
    } catch (error) {
      trouble = error.detail || words.unreachable;
    }
    if (asked !== this.#asked) return;
    $("found-none").textContent = trouble || (found.length ? "" : words.found_none);
    $("found").replaceChildren(
      ...found.map((one) =>
        h(
          "li",
          {},
          h("span", {}, one.title, one.confidence !== null && h("span", { class: "hint" }, ` ${new Intl.NumberFormat(this.language, { style: "percent" }).format(one.confidence)}`)),
          this.talk.writes && h("button", { type: "button", "aria-label": fill(words.insert_named, { title: one.title }), onclick: () => (this.talk.attach(one), $("text").focus()) }, words.insert),
        ),
      ),
    );
  }

  #showSaved() {
    const language = this.talk.handoff?.language;
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
            h("button", { type: "button", "aria-label": named("insert_named"), onclick: () => this.talk.writes && this.talk.insert(text) }, this.words.insert),
            deletable && h("button", { type: "button", "aria-label": named("delete_named"), onclick: () => this.#drop(id, named("delete_sure")) }, "✕"),
          ),
        );
      }),
    );
  }

  async #save() {
    const text = $("text").value.trim();
    if (!text) return $("text").focus();
    const language = this.talk.handoff.language === "en" ? "en" : "fr";
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
      const { talk } = this;
      const { id } = talk.handoff;
      const text = $(field).value;
      if (!text.trim()) return;
      talk.drafts.set(id, { [field]: "" }); // at once: a second Enter adds nothing
      talk.refill(id, field);
      if (!(await this.#try(send(text)))) talk.drafts.again(id, field, text);
      talk.refill(id, field);
      $(field).focus();
    });
  }

  async #try(call) {
    try {
      await call;
      this.talk.again();
      return true;
    } catch (error) {
      $("error").textContent = error.detail || this.words.unreachable;
      $("error").hidden = false;
      return false;
    }
  }
}
