// The address and the plain text of one answer.
import { fill, shortDay } from "./dom.js";

/** Returns the anchor of a part of a page (the same as in channels/web/pages/anchors.py). */
export const anchor = (names) =>
  names.join(" ").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60).replace(/-$/, "");

const LABEL = /^\*\*([^*]+)\*\*/; // of the first sentences, where none stands above all

/** Returns the public address of the same passage on the service. */
export function address(block, base) {
  const [, label = ""] = LABEL.exec(block.body) ?? [];
  const place = anchor([...(block.headings ?? []), ...(block.cases ?? [])]) || anchor([label.split(" / ")[0]]);
  return `${base}/page/${encodeURIComponent(block.entry)}${place && `#${place}`}`;
}

/** Returns the passage without Markdown marks. */
export const plainBody = (body) =>
  body
    .replace(/\*\*/g, "")
    .replace(/\[([^\]]+)\]\(((?:[^()\s]|\([^()\s]*\))+)\)/g, "$1")
    .replace(/\\([\\*[\]()|_`#.-])/g, "$1");

/** Returns the answer as text to paste: title, passage, source, date, address. */
export function asText(block, words, base) {
  const path = [...(block.headings ?? []), ...(block.cases ?? [])].join(" › ");
  const dated = block.verified_on ? fill(words.verified_on, { date: shortDay(block.verified_on, words.language) }) : words.undated;
  const source = `${words.source}${words.colon}${block.source.name}, ${block.notice || dated}`;
  return [block.title, path, "", plainBody(block.body), "", source, address(block, base)].filter((line, at) => line || at > 1).join("\n");
}
