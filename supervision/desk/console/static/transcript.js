// One line of a conversation: its author, time and text, and how the bot understood the message.
import { clock, fill, h } from "./dom.js";

/**
 * Returns the element of `line`. `seen`: the last reply that was shown to the citizen. `paid`: replies are paid for by segment,
 * and the provider reports the delivery of each.
 */
export function lineElement(line, { words, language, seen, paid }) {
  const own = line.who === "human" || line.who === "notice" || (line.who === "checked" && paid);
  return h(
    "li",
    { class: `said by-${line.who}`, "data-key": line.key },
    h("p", { class: "who" }, `${[words[`who_${line.who}`], line.author].filter(Boolean).join(" ")} · `, h("time", { datetime: line.at }, clock(line.at, language))),
    h("p", { class: "words" }, line.text),
    line.hidden && h("p", { class: "seen" }, words.hidden),
    ["bot", "checked"].includes(line.who) && understanding(line, words, language),
    own && h("p", { class: "seen" }, deliveryState(line, seen, paid, words)),
  );
}

function understanding({ outcome, entry, title, confidence, alternatives }, words, language) {
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

/** Returns whether the reply was seen on the website, or the state of its delivery by e-mail or SMS. */
function deliveryState(line, seen, paid, words) {
  if (line.mailed) return words[`mailed_${line.mailed}`];
  if (paid) return words[`delivery_${line.delivery}`] ?? "";
  return line.seq <= seen ? words.seen : words.not_seen;
}
