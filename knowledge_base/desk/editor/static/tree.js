// The tree of sections and cases: buttons and keys change the page; `blocks` reads it back as the entry's body.

const CHILDREN = { chapter: ["text", "chapter", "cases"], case: ["text", "chapter", "cases"], cases: ["case"] };

/** The body of the entry (core/entry.py) that the list `ol.body` shows. */
export function blocks(list) {
  return [...list.children].filter((node) => node.matches(".node")).map(block);
}

function block(node) {
  const { kind } = node.dataset;
  const value = (name) => field(node, name).value;
  const inner = () => blocks(node.querySelector(":scope > .body"));
  if (kind === "text") return { kind, role: value("role"), markdown: value("markdown") };
  if (kind === "chapter") return { kind, heading: value("heading"), wordings: lines(value("wordings")), body: inner() };
  if (kind === "case") return { label: value("label"), body: inner() };
  return { kind, question: value("question"), cases: inner() };
}

const lines = (text) => [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];

const field = (node, name) =>
  [...node.querySelectorAll(`[data-field="${name}"]`)].find((element) => element.closest(".node") === node);

/**
 * Make `root` (.tree) work; `changed(sentence)` is called after each change, with what to tell. Each change is a step of
 * `history`, which can take it back; `made(node)` is called with each part that is added.
 */
export function makeTree(root, words, changed, history, made) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const node = button.closest(".node");
    if (button.dataset.add) add(button, root);
    else if (button.dataset.do && button.dataset.do !== "open") act(button.dataset.do, node, button);
  });
  root.addEventListener("keydown", (event) => {
    const move = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out" }[event.key];
    if (!event.altKey || event.ctrlKey || event.metaKey || !move) return;
    const node = event.target.closest(".node");
    if (!node) return;
    event.preventDefault();
    act(move, node, event.target);
  });

  function act(what, node, focused) {
    const [place, list] = [placeOf(node), node.parentElement];
    if (what === "remove") {
      const fields = filled(node);
      if (fields && !confirm(words.removeSure.replace("COUNT", fields))) return;
      const next = node.nextElementSibling ?? node.previousElementSibling ?? list.closest(".node");
      node.remove();
      history.add({ place: list, undo: () => (place(), node.focus()), redo: () => node.remove() });
      changed(words.removed);
      (next?.matches(".node") ? next : root.querySelector("button")).focus();
      return;
    }
    if (what === "up" && node.previousElementSibling) node.previousElementSibling.before(node);
    else if (what === "down" && node.nextElementSibling) node.nextElementSibling.after(node);
    else if (what === "out" && canLeave(node)) list.closest(".node").after(node);
    else return;
    const there = placeOf(node);
    history.add({ place: node, undo: () => (place(), focused.focus()), redo: () => (there(), focused.focus()) });
    changed(words.moved);
    focused.focus(); // moving an element takes the focus from it
    node.scrollIntoView({ block: "nearest" });
  }

  function add(button, tree) {
    const kind = button.dataset.add;
    const node = document.getElementById(`new-${kind}`).content.firstElementChild.cloneNode(true);
    const list = (button.closest(".node") ?? tree).querySelector(":scope > .body");
    list.append(node);
    const place = placeOf(node);
    history.watch(node);
    history.add({ place: list, undo: () => node.remove(), redo: () => (place(), node.focus()) });
    made(node);
    changed("");
    node.querySelector("input, textarea").focus();
  }
}

/** Returns what puts `node` back where it is now. */
function placeOf(node) {
  const { parentElement: parent, nextElementSibling: next } = node;
  return () => parent.insertBefore(node, next?.parentElement === parent ? next : null);
}

/** How many fields of `node` hold something. */
const filled = (node) => [...node.querySelectorAll("input, textarea")].filter(({ value }) => value.trim()).length;

/** A block leaves its section for the one around it; a case only lives in a fork. */
function canLeave(node) {
  const parent = node.parentElement.closest(".node");
  if (!parent) return false;
  const around = parent.parentElement.closest(".node")?.dataset.kind;
  const allowed = around ? CHILDREN[around] : ["text", "chapter", "cases"];
  return allowed.includes(node.dataset.kind);
}
