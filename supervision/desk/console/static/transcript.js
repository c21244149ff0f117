// One line of a conversation: who, when, what; and what the bot saw when it answered.
import { clock, fill, h } from "./dom.js";

/**
 * The element of `line`. `given`: {words, language, seen, paid}: `seen` is the last reply that was shown to the citizen, `paid`
 * whether replies are paid for by segment: a provider then says how far each came.
 */
export function lineElement(line, { words, language, seen, paid }) {
  const own = line.who === "human" || line.who === "notice" || (line.who === "checked" && paid);
  return h(
    "li",
    { class: `said by-${line.who}`, "data-key": line.key },
    h("p", { class: "who" }, `${[words[`who_${line.who}`], line.author].filter(Boolean).join(" ")} · `, h("time", { datetime: line.at }, clock(line.at, language))),
    h("p", { class: "words" }, line.text),
    line.hidden && h("p", { class: "seen" }, words.hidden),
    ["bot", "checked"].includes(line.who) && whatItSaw(line, words, language),
    own && h("p", { class: "seen" }, fate(line, seen, paid, words)),
  );
}

function whatItSaw({ outcome, entry, title, confidence, alternatives }, words, language) {
  const percent = (value) => new Intl.NumberFormat(language, { style: "percent" }).format(value);
  return h(
    "details",
    {},
    h("summary", {}, words.saw),
    h(
      "ul",
      {},
      h("li", {}, fill(words.saw_outcome, { outcome: words[`outcome_${outcome}`] ?? outcome })),
      entry && h("li", {}, fill(words.saw_entry, { entry: title ? `${title} (${entry})` : entry })),
      confidence !== null && h("li", {}, fill(words.saw_confidence, { confidence: percent(confidence) })),
      alternatives.length > 0 && h("li", {}, words.saw_alternatives, h("ul", {}, alternatives.map((label) => h("li", {}, label)))),
    ),
  );
}

/** Whether it was seen on the website, or how far an SMS came. */
function fate(line, seen, paid, words) {
  if (paid) return words[`delivery_${line.delivery}`] ?? "";
  return line.seq <= seen ? words.seen : words.not_seen;
}
