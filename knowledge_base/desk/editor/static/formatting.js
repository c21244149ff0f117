// The bar over each text: bold, lists, steps (the vendored markdown-toolbar), links and tables. What it writes is the safe
// subset of Markdown of entries (core/entry.py).
import "./markdown-toolbar-element.js";

const MARKDOWN = 'textarea[data-field="markdown"], textarea[data-markdown]';
const ITEM = /^( *)([-*]|(\d+)\.) (.*)$/;
const LINK = /\[([^\]\n]*)\]\(([^)\s]*)\)/g;
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/;
const OPENS_WITH = 8; // words, which tell a sentence from the others of a page
const KEYS = { b: "bold", k: "link-dialog" };
const SHIFT_KEYS = { Digit7: "ordered-list", Digit8: "unordered-list" };

let count = 0;

/** Writes `text` over the characters from `start` to `end` of `field`, as if it were typed. */
export function write(field, text, start = field.selectionStart, end = field.selectionEnd) {
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
}

/** A link to `address` over the selected words of `field`, if that is what pasting it means; else false. */
export function pasteAddress(field, address) {
  const label = field.value.slice(field.selectionStart, field.selectionEnd);
  if (!field.matches(MARKDOWN) || !label.trim() || label.includes("\n") || !ADDRESS.test(address)) return false;
  write(field, link(label, address));
  return true;
}

/** Gives each text of `part` its bar. */
export function addBars(part) {
  for (const field of part.querySelectorAll(MARKDOWN)) {
    field.id ||= `text-${(count += 1)}`;
    const bar = document.getElementById("formatting").content.firstElementChild.cloneNode(true);
    bar.setAttribute("for", field.id);
    bar.setAttribute("aria-controls", field.id);
    if (["description", "easy_text"].includes(field.name)) bar.querySelector('[data-md-button="opening"]').remove();
    field.before(bar);
  }
}

/** Makes the bars work; `opening` is the field with the first words of the opening sentences, one a line. */
export function makeFormatting(form, opening, tell) {
  const dialog = document.getElementById("link-dialog");
  const [label, address] = dialog.querySelectorAll("input");
  let place; // {field, start, end} that the dialog's link goes to

  const bar = (field) => form.querySelector(`markdown-toolbar[for="${field.id}"]`);

  form.addEventListener("click", ({ target }) => {
    const what = target.closest("[data-md-button]")?.dataset.mdButton;
    const field = target.closest("markdown-toolbar")?.field;
    if (!field) return;
    if (what === "link-dialog") ask(field);
    else if (what === "table") table(field);
    else if (what === "opening") open(sentenceAt(field));
  });
  form.addEventListener("keydown", (event) => {
    const { target: field, key, code, altKey, shiftKey } = event;
    if (altKey || event.isComposing || !field.matches(MARKDOWN)) return;
    const control = event.ctrlKey || event.metaKey;
    const what = control && (shiftKey ? SHIFT_KEYS[code] : KEYS[key.toLowerCase()]);
    if (what) {
      event.preventDefault();
      bar(field).querySelector(`[data-md-button="${what}"]`).click();
    } else if (key === "Enter" && !control && !shiftKey && nextItem(field)) event.preventDefault();
  });

  function ask(field) {
    const { value, selectionStart: start, selectionEnd: end } = field;
    const around = [...value.matchAll(LINK)].find(({ index, 0: all }) => index <= start && end <= index + all.length);
    place = around ? { field, start: around.index, end: around.index + around[0].length } : { field, start, end };
    label.value = around?.[1] ?? value.slice(start, end);
    address.value = around?.[2] ?? "";
    dialog.returnValue = "";
    dialog.showModal();
    (label.value ? address : label).focus();
  }

  dialog.addEventListener("close", () => {
    const { field, start, end } = place;
    field.focus();
    field.setSelectionRange(start, end);
    if (dialog.returnValue === "insert") write(field, link(label.value, address.value.trim()), start, end);
  });

  /** Puts the sentence that begins with `words` among those that open the answer, or takes it out. */
  function open(words) {
    if (!words) return;
    const lines = opening.value.split("\n").filter((line) => line.trim());
    const rest = lines.filter((line) => !line.startsWith(words) && !words.startsWith(line.trim()));
    const taken = rest.length < lines.length;
    opening.value = (taken ? rest : [...lines, words]).join("\n");
    opening.dispatchEvent(new Event("input", { bubbles: true }));
    tell((taken ? dialog.dataset.openedNot : dialog.dataset.opened).replace("WORDS", words));
  }

  function table(field) {
    const { value, selectionEnd: end } = field;
    const heading = dialog.dataset.heading;
    const text = `| ${heading} 1 | ${heading} 2 |\n| --- | --- |\n| … | … |`;
    const [above, below] = [value.slice(0, end).trimEnd(), value.slice(end).trimStart()];
    const start = above ? above.length + 2 : 0;
    field.focus();
    write(field, `${above && "\n\n"}${text}${below && "\n\n"}`, above.length, value.length - below.length);
    field.setSelectionRange(start + 2, start + text.indexOf(" |", 2)); // the first heading, to be typed over
  }
}

/** Begins the next item of the list that the cursor is in, or ends the list after an empty one; false outside a list. */
function nextItem(field) {
  const { value, selectionStart: at, selectionEnd: end } = field;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const item = ITEM.exec(value.slice(start, at));
  if (!item || at !== end) return false;
  const [, margin, sign, number, text] = item;
  const after = value.slice(at).split("\n", 1)[0];
  if (text.trim() || after.trim()) write(field, `\n${margin}${number ? `${Number(number) + 1}.` : sign} `);
  else write(field, "", start, at);
  return true;
}

/** The first words of the sentence that the cursor is in, as citizens read them. */
function sentenceAt({ value, selectionStart: at }) {
  const start = Math.max(0, ...[...value.slice(0, at).matchAll(/[.!?…]\s+|\n/g)].map(({ index, 0: end }) => index + end.length));
  const [sentence] = value.slice(start).split(/(?<=[.!?…])\s|\n/, 1);
  const words = sentence.replace(/^\s*(?:[-*]|\d+\.)\s+/, "").replaceAll("**", "").replace(LINK, "$1").replace(/\\(.)/g, "$1");
  return words.trim().split(/\s+/).slice(0, OPENS_WITH).join(" ");
}

function link(label, address) {
  const safe = label.trim().replaceAll("[", "(").replaceAll("]", ")");
  return `[${safe}](${address.replaceAll("(", "%28").replaceAll(")", "%29").replaceAll(" ", "%20")})`;
}
