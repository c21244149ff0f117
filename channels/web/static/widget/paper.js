// Prints the conversation, or one answer, with source, date and address. The surrounding page is left out if the widget covers
// it, or if one answer is printed.
import { address } from "./answer.js";
import { contact } from "./contact.js";
import { day, fill, h, tongue } from "./dom.js";
import { markdown } from "./markdown.js";
import { placeCard } from "./place.js";
import { namesAdministration } from "./reply.js";

const WIDGET_ONLY = "@media print { body > :not(guichet-widget) { display: none !important; } }";

/** Prints `items()` with the page, unless `covers()` ("nothing", "beside" or "all" of the page) is "nothing". */
export class Paper {
  #only = null;

  constructor({ host, root, items, covers, config, words, base }) {
    Object.assign(this, { host, root, items, covers, config, words, base });
    addEventListener("beforeprint", () => this.#prepare());
    addEventListener("afterprint", () => this.#clear());
  }

  /** Prints one reply. */
  print(item) {
    this.#only = item;
    window.print();
  }

  #prepare() {
    this.#clear();
    const covers = this.#only ? "all" : this.covers();
    const items = this.#only ? [this.#only] : this.items();
    this.#only = null;
    if (covers === "nothing" || !items.length) return;
    const words = this.words();
    const { service_name: service, organisation } = this.config();
    const now = new Date(); // with its time: an office may be said to be open
    this.sheet = h(
      "section",
      { class: "paper", lang: words.language },
      h("p", { class: "printed" }, `${service} · ${organisation} · ${day(now.toISOString(), words.language)}, ${now.toLocaleTimeString(words.language, { timeStyle: "short" })}`),
      items.map((item) => (item.kind === "said" ? h("p", { class: "asked" }, words.you + words.colon + item.text) : item.blocks.map((block) => this.#block(block, words, item.language)))),
    );
    this.root.append(this.sheet);
    this.host.setAttribute("printing", covers);
    if (covers === "all") {
      this.widgetOnly = new CSSStyleSheet();
      this.widgetOnly.replaceSync(WIDGET_ONLY);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.widgetOnly];
    }
  }

  #clear() {
    this.sheet?.remove();
    this.host.removeAttribute("printing");
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.widgetOnly);
  }

  #block(block, words, language) {
    if (block.type === "place") return placeCard(block, { words, language });
    if (block.type === "choices")
      return block.purpose === "related"
        ? null // related pages are useless on paper
        : [block.text && h("p", {}, block.text), h("ul", {}, block.options.map((option) => h("li", {}, option.label, option.extract && `${words.colon}${option.extract}`)))];
    if (block.type !== "answer") return h("p", {}, block.text);
    const { title, headings = [], cases = [], body, source, notice, services = [], verified_on: verified, locale } = block;
    return h(
      "article",
      tongue(locale ?? words.language),
      h("h2", {}, title),
      headings.length + cases.length > 0 && h("p", { class: "path" }, [...headings, ...cases].join(" › ")),
      markdown(body, { ...words, locale }),
      services.map(({ name, url }) => h("p", {}, `${name}${words.colon}${url}`)),
      h("p", { class: "from", ...tongue(words.language) },
        `${words.source}${words.colon}${source.name}, ${notice || (verified ? fill(words.verified_on, { date: day(verified, words.language) }) : words.undated)}`,
        h("br"), address(block, this.base)),
      namesAdministration(body, this.config()) && contact(this.config(), words, true),
    );
  }
}
