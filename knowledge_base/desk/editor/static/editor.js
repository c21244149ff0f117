// The edit page: keeps what is typed, shows what citizens would get, and turns pasted pages into the text of an entry.
import { api } from "/desk/static/desk/api.js";
import { addBars, makeFormatting, pasteAddress, write } from "./formatting.js";
import { makeHistory } from "./history.js";
import { makeNational } from "./national.js";
import { makeOutline } from "./outline.js";
import { makePreview } from "./preview.js";
import { blocks, makeTree } from "./tree.js";
import { makeWalk } from "./walk.js";

const KEEP_AFTER = 2000; // ms without a key
const SHOW_AFTER = 600;

const form = document.getElementById("entry");
const state = document.getElementById("state");
const list = form.querySelector(".tree > .body");
let dirty = false;
let sending = false;
let underway; // what is being kept just now
let keeping;
let showing;
let render;
const walk = makeWalk(document.getElementById("walk"), () => show());

function content() {
  form.elements.body.value = JSON.stringify(blocks(list));
  const fields = Object.fromEntries(new FormData(form));
  delete fields.csrf;
  return { ...fields, started_from: Number(fields.started_from) };
}

function tell(text) {
  state.textContent = text;
}

const SIGNED_OUT = ["desk.desk_sign_in_needed", "desk.desk_form_stale"];

function keep() {
  if (!sending) underway = send().finally(() => (underway = undefined));
}

async function send() {
  try {
    const { saved_at: at } = await api("POST", `${form.dataset.api}/autosave`, content());
    dirty = false;
    tell(form.dataset.kept.replace("MOMENT", at));
    document.getElementById("signed-out").hidden = true;
  } catch (problem) {
    // Why it was refused stands in the form; that it is not kept does not.
    const out = SIGNED_OUT.includes(problem.code);
    document.getElementById("signed-out").hidden = !out;
    tell(out ? "" : problem.detail ? form.dataset.refused.replace("WHY", problem.detail) : form.dataset.lost);
  }
}

async function show() {
  showing?.controller?.abort();
  const controller = new AbortController();
  showing = { controller };
  try {
    const { shown, advice } = await api("POST", `${form.dataset.api}/preview`, { ...content(), ...walk.fields }, { signal: controller.signal });
    render ??= await makePreview(document.getElementById("web"), document.documentElement.lang, walk.press);
    if (shown) render(shown.blocks);
    walk.offer(shown?.starts ?? []);
    document.getElementById("cost").textContent = shown?.cost ?? "";
    document.getElementById("sms").replaceChildren(...(shown?.sms ?? []).map((text) => element("li", text)));
    document.getElementById("advice").replaceChildren(...advice.map(advised));
  } catch (problem) {
    // Where the session has ended, keeping says so, and what to do.
    if (problem.name !== "AbortError" && !SIGNED_OUT.includes(problem.code)) tell(problem.detail || form.dataset.lost);
  }
}

function advised({ text, url, title }) {
  const line = element("li", text);
  if (url) {
    const link = element("a", title ?? url);
    link.href = url;
    line.append(" ", link);
  }
  return line;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function changed(sentence = "") {
  dirty = true;
  if (sentence) tell(sentence);
  outline.refresh();
  clearTimeout(keeping);
  keeping = setTimeout(keep, KEEP_AFTER);
  clearTimeout(changed.timer);
  changed.timer = setTimeout(show, SHOW_AFTER);
}

form.addEventListener("input", () => changed());
form.addEventListener("submit", (event) => {
  content();
  if (underway) {
    // What is being kept would arrive after what is saved, and pass for newer.
    event.preventDefault();
    underway.finally(() => form.requestSubmit(event.submitter));
    return;
  }
  sending = true;
  clearTimeout(keeping);
});
window.addEventListener("beforeunload", (event) => {
  if (dirty && !sending) event.preventDefault();
});

// What is copied from a page or a letter arrives as clean text with its lists, tables, links and bold words.
form.addEventListener("paste", async (event) => {
  const field = event.target;
  const html = event.clipboardData?.getData("text/html");
  const plain = event.clipboardData?.getData("text/plain") ?? "";
  if (field.nodeName === "TEXTAREA" && pasteAddress(field, plain.trim())) return event.preventDefault();
  if (!html || field.nodeName !== "TEXTAREA") return;
  event.preventDefault();
  let text = plain;
  try {
    text = (await api("POST", "/api/desk/entries/clean", { html })).markdown || plain;
  } catch {
    text = plain;
  }
  write(field, text);
});

document.getElementById("links").addEventListener("click", async (event) => {
  const place = document.getElementById("dead");
  event.target.disabled = true;
  try {
    const { checked, dead } = await api("POST", `${form.dataset.api}/links`, content());
    const lines = document.createElement("ul");
    lines.append(...dead.map(({ url, why }) => element("li", `${url} – ${why}`)));
    place.replaceChildren(element("p", checked), lines);
  } catch (problem) {
    place.textContent = problem.detail || form.dataset.lost;
  }
  event.target.disabled = false;
});

document.getElementById("forget")?.addEventListener("submit", (event) => {
  if (!confirm(event.target.dataset.sure)) event.preventDefault();
  else sending = true; // what is thrown away needs no second question
});

const outline = makeOutline(form, form.dataset, walk.follow);
const buttons = { undo: document.getElementById("undo"), redo: document.getElementById("redo") };
const history = makeHistory(form, buttons, form.dataset, outline.show, changed);
const tree = form.querySelector(".tree");
addBars(form);
makeFormatting(form, form.elements.opening, tell);
makeNational(document.getElementById("national"), form.elements.national_pages);
makeTree(tree, form.dataset, changed, history, (node) => {
  addBars(node);
  if (node.dataset.kind === "chapter") outline.show(node);
});
show();
