// The safe subset of Markdown in which entries are written (core/entry.py): paragraphs, "- " and "1. " lists (nested by
// indentation), **bold** (by itself on a line: the heading of a part), [label](https://…) and tables. Anything else is shown
// as it stands.
import { h, link, typeset } from "./dom.js";

const ITEM = /^( *)(?:([-*•])|(\d+)[.)]) +(.*)$/;
const RULE = /^ *\|?[ :|-]*-{3}[ :|-]*$/;
const TITLE = /^(?:#{1,6} +(.*)|\*\*((?:(?!\*\*).)*[^*.!?:;])\*\*)$/; // a line in bold by itself that is no sentence
const INLINE = /\\([\\*[\]()|_`#.-])|\*\*(.+?)\*\*|\[([^\]]+)\]\(((?:[^()\s]|\([^()\s]*\))+)\)/g;

// Amounts and places, and the words before a list of steps: the same as in channels/web/pages/markup.py.
const STANDS_OUT = /(\d(?:[\d.,\u00a0\u202f ]*\d)?[\u00a0\u202f ]?(?:€|euros?\b)|\b(?:mairie|sous-préfecture|préfecture|commissariat|gendarmerie|consulat|ambassade|tribunal|notaire|Caf|MSA|CPAM|France Travail)\b)/;
const STEPS = /(?:étapes|dans l['’]ordre|in this order|steps)[^.]*:\s*$/i;

/**
 * Returns the nodes of `source`. `words`: also the text's `locale`; if `amounts`, amounts outside tables are in bold; so is each
 * place that is not yet in the set `places`. `within` a list there are no headings.
 */
export function markdown(source, words, within = false) {
  const lines = source.replace(/\r/g, "").replace(/\t/g, "    ").split("\n");
  const nodes = [];
  while (lines.length) {
    if (!lines[0].trim()) lines.shift();
    else if (ITEM.test(lines[0])) nodes.push(list(lines, words, STEPS.test(nodes.at(-1)?.textContent)));
    else if (lines[0].includes("|") && RULE.test(lines[1] ?? "")) nodes.push(table(lines, words));
    else nodes.push(paragraph(lines, words, within));
  }
  return nodes;
}

function paragraph(lines, words, within) {
  const own = [lines.shift().trim()];
  while (lines.length && lines[0].trim() && !ITEM.test(lines[0])) own.push(lines.shift().trim());
  const title = TITLE.exec(own[0]);
  if (title && own.length === 1) {
    const text = inline(title[1] ?? title[2], words);
    return within ? h("p", {}, h("strong", {}, text)) : h("h4", {}, text);
  }
  return h("p", {}, inline(own.join("\n"), words));
}

function list(lines, words, steps) {
  const [, margin, , first] = ITEM.exec(lines[0]);
  const element = h(first || steps ? "ol" : "ul", first && first !== "1" ? { start: first } : {});
  while (lines.length) {
    const item = ITEM.exec(lines[0]);
    if (!item || item[1].length > margin.length + 1 || item[1].length < margin.length || !!item[3] !== !!first) break;
    lines.shift();
    const own = [item[4]];
    // Further indented text belongs to the item; a blank line ends it unless indented text follows.
    while (lines.length && (indent(lines[0]) > margin.length || (!lines[0].trim() && indent(lines[1] ?? "") > margin.length))) {
      const line = lines.shift();
      own.push(line.slice(Math.min(indent(line), margin.length + 2)));
    }
    const nodes = markdown(own.join("\n"), words, true);
    const tight = nodes[0]?.nodeName === "P" ? [...nodes[0].childNodes, ...nodes.slice(1)] : nodes;
    element.append(h("li", {}, tight));
    while (lines.length > 1 && !lines[0].trim() && ITEM.test(lines[1])) lines.shift();
  }
  return element;
}

const indent = (line) => (line.trim() ? line.length - line.trimStart().length : 0);

function table(lines, given) {
  const words = { ...given, amounts: false, places: null }; // a table may go back years
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());
  const head = cells(lines.shift());
  lines.shift();
  const rows = [];
  while (lines.length && lines[0].includes("|")) rows.push(cells(lines.shift()));
  const hasHead = head.some(Boolean);
  const body = rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, inline(cell, words)))));
  return h(
    "div",
    { class: "table", tabindex: "0", role: "group", "aria-label": head.find(Boolean) ?? rows[0]?.[0] ?? "" },
    h(
      "table",
      {},
      hasHead && h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell, words))))),
      h("tbody", {}, body),
    ),
  );
}

function inline(text, words) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, escaped, bold, label, address] = match;
    if (match.index > from) nodes.push(plain(text.slice(from, match.index), words));
    if (escaped) nodes.push(escaped);
    else if (bold) nodes.push(h("strong", {}, inline(bold, { ...words, amounts: false, places: null })));
    else nodes.push(link(label.replaceAll("**", ""), address, words));
    from = match.index + whole.length;
  }
  if (from < text.length) nodes.push(plain(text.slice(from), words));
  return nodes;
}

function plain(text, { amounts, places, locale }) {
  return typeset(text, locale).split(STANDS_OUT).map((part, at) => (at % 2 && (/\d/.test(part) ? amounts : isNew(part, places)) ? h("strong", {}, part) : part));
}

const isNew = (place, places) => places && !places.has(place) && places.add(place);
