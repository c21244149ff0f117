// What can be done with one answer besides reading it: its address, its text.
import { fill, shortDay } from "./dom.js";

/** The part of an address that names a place within a page (channels/web/pages/entry_page.py makes the same). */
export const anchor = (names) =>
  names.join(" ").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60).replace(/-$/, "");

/** The address at which the service shows the same passage to anybody. */
export function address(block, base) {
  const place = anchor([...(block.headings ?? []), ...(block.cases ?? [])]);
  return `${base}/page/${encodeURIComponent(block.entry)}${place && `#${place}`}`;
}

/** The passage without marks, one paragraph a line. */
export const plainBody = (body) =>
  body
    .replace(/\*\*/g, "")
    .replace(/\[([^\]]+)\]\(((?:[^()\s]|\([^()\s]*\))+)\)/g, "$1")
    .replace(/\\([\\*[\]()|_`#.-])/g, "$1");

/** The answer as text to paste: title, passage, source, date, address. */
export function asText(block, words, base) {
  const path = [...(block.headings ?? []), ...(block.cases ?? [])].join(" › ");
  const dated = block.verified_on ? fill(words.verified_on, { date: shortDay(block.verified_on, words.language) }) : words.undated;
  const source = `${words.source}${words.colon}${block.source.name}, ${block.notice || dated}`;
  return [block.title, path, "", plainBody(block.body), "", source, address(block, base)].filter((line, at) => line || at > 1).join("\n");
}
