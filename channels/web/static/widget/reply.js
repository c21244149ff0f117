// Blocks of a reply (core/turns.py) → elements.
import { contact } from "./contact.js";
import { age, colon, day, fill, h, link, shortDay, tongue, typeset } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { placeCard } from "./place.js";

const ASK_ELSEWHERE = /^(handoff|no_answer|out_of_scope|fallback)/; // outcomes after which contact details are shown
const ARABIC = /\p{Script=Arabic}/u;
let pages = 0; // number of mini cards, for their ids

/**
 * Returns the article of one reply. `given`: {words, config, choose(label, payload, card), locate(payload), within, again}. `card`: the
 * mini card that was pressed. `locate` returns the choice of the nearest office. `within`: the reply is shown in a mini card. `again`: its answer is already shown above. The article can take
 * the focus; its name is short because the log (role="log") reads its content.
 */
export function replyArticle(event, given) {
  const { words } = given;
  const [card, second] = event.blocks.filter((block) => block.type === "answer");
  // A reply may have another language than the conversation. Without a frame, Arabic is recognised by its letters.
  const language = card?.frame?.language ?? (event.blocks.some(({ text }) => ARABIC.test(text)) ? "ar" : event.language);
  // The question of an answer ("which is your case?") is shown in its card, above the actions.
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

/** Decides whether a human wrote the reply. Their arrival or departure is a notice of the service. */
export const byHuman = ({ outcome, blocks }) => outcome === "human" && blocks.some((block) => block.type !== "notice");

const render = {
  text: ({ text = "" }, context) => h("div", { class: "bubble" }, plain(text, context)),
  place: placeCard,
  notice: ({ text }, context) => h("div", { class: "notice" }, plain(text, context)),
  answer: (block, context) => [
    // The usual sentence above an answer is only for screen readers: the answer itself comes first.
    block.text && h("div", { class: block.text === context.words.answer ? "unseen" : "lead" }, plain(block.text, context)),
    card(block, context),
  ],
  choices: (block, context) => (({ related: folded, nearest })[block.purpose] ?? choices)(block, context),
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

/** Returns the question for the commune with the button that asks for the position instead, and what came of that. */
function nearest({ text, options: [{ label, payload }] }, { words, language, choose, locate }) {
  const said = h("p", { class: "path", role: "status" }, words.near_hint);
  const button = h("button", { type: "button", dir: "auto" }, typeset(label, language));
  button.addEventListener("click", async () => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    try {
      const found = await locate(payload);
      choose(found.label, found.payload);
    } catch (error) {
      said.textContent = error.message;
    }
    button.ariaBusy = null;
  });
  return h("div", { class: "choices", role: "group", "aria-label": text }, h("div", { class: "bubble" }, plain(text, { words, language })), h("ul", {}, h("li", {}, button)), said);
}

/** Returns related choices, folded; but a button to read on is always visible. */
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
 * Returns a mini card: a page that may answer, as one choice. Its title is the button, which takes presses anywhere on the card
 * (style.js). The extract and its source follow and describe it. The reply that it opens replaces the extract.
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
      h("p", { class: "from", ...tongue(words.language) }, [source.name, withinSentence(verificationText(verified, words, shortDay))].filter(Boolean).join(" · ")),
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

/** Shows the reply in a mini card (`open`), or its extract again. */
export function unfold(item, open) {
  const title = item.querySelector("h3 button");
  title.setAttribute("aria-expanded", String(open));
  title.ariaBusy = null;
  item.classList.toggle("open", open);
  item.querySelector("article").hidden = !open;
  item.querySelector("div").hidden = open;
}

const line = (text) => [h("span", { class: text.startsWith("- ") && "item" }, text), "\n"];

/** Returns when a page was verified, or that this is unknown; `written` formats the day. */
const verificationText = (verified, words, written) => (verified ? fill(words.verified_on, { date: written(verified, words.language) }) : words.undated);

const withinSentence = (text) => text.charAt(0).toLowerCase() + text.slice(1);

function card(block, context) {
  const { words: given, config, language, within, asks, again } = context;
  const words = wordsOfCard(given, block.frame);
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
    !again && namesAdministration(body, config) && contact(config, given),
  );
}

/** Returns what is in bold in a body: places, once each; amounts only if they are `current`. */
const emphasis = (current) => ({ amounts: Boolean(current), places: new Set() });

/** Decides whether an answer names this administration. */
export const namesAdministration = (body, { own_names: names = [] }) => names.some((name) => body.toLowerCase().includes(name.toLowerCase()));

/** Returns source, date and age in one line. The date of an old page unfolds to the notice about it. */
function sourceLine(source, verified, notice, words) {
  const when = verified && [h("time", { datetime: verified, dir: "ltr" }, shortDay(verified, words.language)), `, ${age(verified, words.language)}`];
  return h(
    "div",
    { class: "source" },
    // A local entry may have no page, or a page without a name.
    source.url
      ? link([h("span", { class: source.name ? "unseen" : "" }, `${words.open_page} `), source.name, icon("out")], source.url, words)
      : source.name && h("span", {}, source.name),
    verified && notice
      ? h("details", { class: "old" }, h("summary", {}, icon("warning"), h("span", {}, when)), h("p", {}, notice))
      : h("span", {}, verified ? when : notice || words.undated),
  );
}

/** Returns the words of a card: the panel's, or those of the citizen's language. */
function wordsOfCard(words, frame) {
  if (!frame) return words;
  const own = Object.entries(frame.words).map(([name, text]) => [name, typeset(text, frame.language)]);
  return { ...words, ...Object.fromEntries(own), language: frame.language, colon: colon(frame.language) };
}

/** Returns text without markup as paragraphs, one a line; addresses become links. */
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
