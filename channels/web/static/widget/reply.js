// Blocks of a reply (core/turns.py) → elements.
import { colon, day, fill, h, link, shortDay, tongue, typeset } from "./dom.js";
import { markdown } from "./markdown.js";
import { placeCard } from "./place.js";

let pages = 0; // mini cards that were made: each needs an id of its own

/**
 * The article of one reply. `given`: {words, choose(label, payload)}. It can take the focus; its name is short because
 * the log (role="log") reads its content.
 */
export function replyArticle(event, given) {
  const { words } = given;
  const card = event.blocks.find((block) => block.type === "answer");
  const language = card?.frame?.language ?? event.language; // who wrote in another language was answered in it
  const context = { ...given, language };
  const who = byHuman(event) ? words.agent : words.assistant;
  return h(
    "article",
    { class: "reply", tabindex: "-1", ...tongue(language), "aria-label": card ? who + words.colon + card.title : who },
    byHuman(event) && h("p", { class: "who" }, words.agent),
    event.blocks.map((block) => (render[block.type] ?? render.text)(block, context)),
  );
}

/** A human wrote it; that one takes over or leaves is a notice of the service. */
export const byHuman = ({ outcome, blocks }) => outcome === "human" && blocks.some((block) => block.type !== "notice");

const render = {
  text: ({ text = "" }, context) => h("div", { class: "bubble" }, plain(text, context)),
  place: placeCard,
  notice: ({ text }, context) => h("div", { class: "notice" }, plain(text, context)),
  answer: (block, context) => [
    block.text && h("div", { class: "bubble" }, plain(block.text, context)),
    card(block, context),
  ],
  choices: ({ text, options, purpose }, { words, language, choose }) =>
    h(
      "div",
      { class: `choices ${purpose ?? ""}`, role: "group", "aria-label": text || words.assistant },
      text && h("div", { class: "bubble" }, plain(text, { words, language })),
      h(
        "ul",
        {},
        options.map((option) =>
          option.extract
            ? pageItem(option, { words, language, choose })
            : h("li", {}, h("button", { type: "button", dir: "auto", onclick: () => choose(option.label, option.payload) }, typeset(option.label, language))),
        ),
      ),
    ),
};

/**
 * A page that may answer, as one choice. Its title is the button, which takes presses anywhere on the card (style.js); the
 * extract, and where it is from, stand behind it in reading order and describe it.
 */
function pageItem({ label, payload, extract, source, verified_on: verified }, { words, language, choose }) {
  const id = `page-${++pages}`;
  return h(
    "li",
    { class: "page" },
    h("h3", {}, h("button", { type: "button", dir: "auto", "aria-describedby": id, onclick: () => choose(label, payload) }, typeset(label, language))),
    h(
      "div",
      { id },
      h("p", { class: "extract", dir: "auto" }, typeset(extract, language).split("\n").map(line)),
      h("p", { class: "from", ...tongue(words.language) }, [source.name, withinSentence(age(verified, words, shortDay))].filter(Boolean).join(" · ")),
    ),
  );
}

const line = (text) => [h("span", { class: text.startsWith("- ") && "item" }, text), "\n"];

/** When a page was verified, or that nobody knows; `written` writes the day. */
const age = (verified, words, written) => (verified ? fill(words.verified_on, { date: written(verified, words.language) }) : words.undated);

const withinSentence = (text) => text.charAt(0).toLowerCase() + text.slice(1);

function card(block, { words: given, language }) {
  const words = framed(given, block.frame);
  const { title, headings = [], cases = [], notice, body, source, services = [], verified_on: verified, locale = words.language } = block;
  return h(
    "div",
    { class: "card" },
    h("h3", tongue(locale), title),
    headings.length > 0 && h("p", { class: "path", ...tongue(locale) }, headings.join(" › ")),
    cases.length > 0 && h("p", { class: "path" }, words.case + words.colon, h("span", tongue(locale), cases.join(" › "))),
    h("div", { class: "body", ...tongue(locale) }, markdown(body, words)),
    services.length > 0 && [
      h("p", { class: "path" }, words.online_services),
      h("ul", { class: "services" }, services.map(({ name, url }) => h("li", {}, link(name, url, words)))),
    ],
    h(
      "p",
      { class: "source" },
      // A local entry may have no page, or a page of nobody in particular.
      link(source.url ? [words.open_page, source.name && `(${source.name})`].filter(Boolean).join(" ") : source.name, source.url, words),
      notice ? h("span", { class: "old" }, typeset(notice, language)) : h("span", {}, age(verified, words, day)), // it says the day itself
    ),
  );
}

/** The words of a card: the panel's, or those of the language that was written. */
function framed(words, frame) {
  if (!frame) return words;
  const own = Object.entries(frame.words).map(([name, text]) => [name, typeset(text, frame.language)]);
  return { ...words, ...Object.fromEntries(own), language: frame.language, colon: colon(frame.language) };
}

/** Sentences without markup, one paragraph a line; addresses become links. */
function plain(text, { words, language }) {
  const lines = typeset(text, language).split(/\n+/).filter((line) => line.trim());
  return lines.map((line) =>
    h(
      "p",
      { dir: "auto" },
      line.split(/(https?:\/\/[^\s<>"»)]+[^\s<>"»).,;:!?])/).map((part, index) => (index % 2 ? link(part, part, words) : part)),
    ),
  );
}
