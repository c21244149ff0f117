// Blocks of a reply (core/turns.py) → elements.
import { contact } from "./contact.js";
import { age, colon, day, fill, h, link, shortDay, tongue, typeset } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { placeCard } from "./place.js";

const ASK_ELSEWHERE = /^(handoff|no_answer|out_of_scope|fallback)/; // outcomes that send to the administration itself
const ARABIC = /\p{Script=Arabic}/u;
let pages = 0; // mini cards that were made: each needs an id of its own

/**
 * The article of one reply. `given`: {words, config, choose(label, payload, place), within, again}: `place` is the item of a mini
 * card that was pressed, `within` says that the reply is shown in one, `again` that its answer stands above already. It can take
 * the focus; its name is short because the log (role="log") reads its content.
 */
export function replyArticle(event, given) {
  const { words } = given;
  const [card, second] = event.blocks.filter((block) => block.type === "answer");
  // Who wrote in another language was answered in it; that it runs from the right is seen by its letters where nothing says so.
  const language = card?.frame?.language ?? (event.blocks.some(({ text }) => ARABIC.test(text)) ? "ar" : event.language);
  // What an answer asks stands below its first words, above all that can be done with it.
  const asks = card && !second && event.blocks.find(({ type, purpose }) => type === "choices" && purpose === "cases");
  const context = { ...given, language, asks };
  const who = byHuman(event) ? words.agent : words.assistant;
  return h(
    "article",
    { class: "reply", tabindex: "-1", ...tongue(language), "aria-label": card ? who + words.colon + card.title : who },
    byHuman(event) && h("p", { class: "who" }, words.agent),
    event.blocks.map((block) => block !== asks && (render[block.type] ?? render.text)(block, context)),
    ASK_ELSEWHERE.test(event.outcome) && contact(given.config, words, event.outcome.startsWith("handoff")),
  );
}

/** A human wrote it; that one takes over or leaves is a notice of the service. */
export const byHuman = ({ outcome, blocks }) => outcome === "human" && blocks.some((block) => block.type !== "notice");

const render = {
  text: ({ text = "" }, context) => h("div", { class: "bubble" }, plain(text, context)),
  place: placeCard,
  notice: ({ text }, context) => h("div", { class: "notice" }, plain(text, context)),
  answer: (block, context) => [
    // The sentence that stands above every answer is left to those who listen: the answer itself comes first.
    block.text && h("div", { class: block.text === context.words.answer ? "unseen" : "lead" }, plain(block.text, context)),
    card(block, context),
  ],
  choices: (block, context) => (block.purpose === "related" ? folded(block, context) : choices(block, context)),
};

function choices({ text, options, purpose }, { words, language, choose }) {
  return h(
    "div",
    { class: `choices ${purpose ?? ""}`, role: "group", "aria-label": text || words.assistant },
    text && h("div", { class: "bubble" }, plain(text, { words, language })),
    h("ul", {}, options.map((option) => (option.extract ? pageItem(option, { words, language, choose }) : choice(option, { language, choose })))),
  );
}

const choice = ({ label, payload }, { language, choose }) =>
  h("li", {}, h("button", { type: "button", dir: "auto", onclick: () => choose(label, payload) }, typeset(label, language)));

/** Where to read next: behind its sentence, all but the rest of what is shown above. */
function folded({ text, options }, context) {
  const on = options.filter(({ label }) => label === context.words.read_on);
  const others = options.filter((option) => !on.includes(option));
  return [
    on.length > 0 && h("div", { class: "choices related" }, h("ul", {}, on.map((option) => choice(option, context)))),
    others.length > 0 &&
      h(
        "details",
        { class: "choices related" },
        h("summary", {}, typeset(text.replace(/\s*[:：]\s*$/, "") || context.words.see_also, context.language), h("span", { class: "count" }, String(others.length))),
        h("ul", {}, others.map((option) => choice(option, context))),
      ),
  ];
}

/**
 * A page that may answer, as one choice. Its title is the button, which takes presses anywhere on the card (style.js); the
 * extract, and where it is from, stand behind it in reading order and describe it. What it opens takes the extract's place.
 */
function pageItem({ label, payload, extract, source, verified_on: verified }, { words, language, choose }) {
  const id = `page-${++pages}`;
  const title = h("button", { type: "button", dir: "auto", "aria-describedby": id, "aria-expanded": "false" }, typeset(label, language));
  const item = h(
    "li",
    { class: "page" },
    h("h3", {}, title),
    h(
      "div",
      { id },
      h("p", { class: "extract", dir: "auto" }, typeset(extract, language).split("\n").map(line)),
      h("p", { class: "from", ...tongue(words.language) }, [source.name, withinSentence(verifiedOn(verified, words, shortDay))].filter(Boolean).join(" · ")),
    ),
  );
  title.addEventListener("click", () => {
    const shown = item.querySelector("article");
    if (!shown) return title.ariaBusy === "true" || choose(label, payload, item);
    const open = title.getAttribute("aria-expanded") !== "true";
    unfold(item, open);
  });
  return item;
}

/** Shows in a mini card what it opens, or its extract again. */
export function unfold(item, open) {
  const title = item.querySelector("h3 button");
  title.setAttribute("aria-expanded", String(open));
  title.ariaBusy = null;
  item.classList.toggle("open", open);
  item.querySelector("article").hidden = !open;
  item.querySelector("div").hidden = open;
}

const line = (text) => [h("span", { class: text.startsWith("- ") && "item" }, text), "\n"];

/** When a page was verified, or that nobody knows; `written` writes the day. */
const verifiedOn = (verified, words, written) => (verified ? fill(words.verified_on, { date: written(verified, words.language) }) : words.undated);

const withinSentence = (text) => text.charAt(0).toLowerCase() + text.slice(1);

function card(block, context) {
  const { words: given, config, language, within, asks, again } = context;
  const words = framed(given, block.frame);
  const { title, headings = [], cases = [], notice, body, source, services = [], verified_on: verified, locale = words.language } = block;
  return h(
    "div",
    { class: "card" },
    !within && h("h3", tongue(locale), title),
    headings.length > 0 && h("p", { class: "path", ...tongue(locale) }, headings.join(" › ")),
    cases.length > 0 && h("p", { class: "path" }, words.case + words.colon, h("span", tongue(locale), cases.join(" › "))),
    !again && h("div", { class: "body", ...tongue(locale) }, markdown(body, { ...words, locale, ...emphasis(verified && !notice) })),
    asks && choices(asks, context),
    !again && services.length > 0 && [
      h("p", { class: "label" }, words.online_services),
      h("ul", { class: "services", ...tongue(locale) }, services.map(({ name, url }) => h("li", {}, link(name, url, words)))),
    ],
    !again && sourceLine(source, verified, notice && typeset(notice, language), words),
    !again && saysWhere(body, config) && contact(config, given),
  );
}

/** What stands out in a body: places, once each; amounts only where they are `current`. */
const emphasis = (current) => ({ amounts: Boolean(current), places: new Set() });

/** Whether an answer sends to this administration. */
const saysWhere = (body, { own_names: names = [] }) => names.some((name) => body.toLowerCase().includes(name.toLowerCase()));

/** Source, date and age in one line; that a page is old opens to the sentence that says what this means. */
function sourceLine(source, verified, notice, words) {
  const when = verified && [h("time", { datetime: verified, dir: "ltr" }, shortDay(verified, words.language)), `, ${age(verified, words.language)}`];
  return h(
    "div",
    { class: "source" },
    // A local entry may have no page, or a page of nobody in particular.
    source.url
      ? link([h("span", { class: source.name ? "unseen" : "" }, `${words.open_page} `), source.name, icon("out")], source.url, words)
      : source.name && h("span", {}, source.name),
    verified && notice
      ? h("details", { class: "old" }, h("summary", {}, icon("warning"), h("span", {}, when)), h("p", {}, notice))
      : h("span", {}, verified ? when : notice || words.undated),
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
