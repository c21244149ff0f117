// Undo and redo of everything on the page: what is typed, formatted or pasted in a field, and what is done to the tree.

const TOGETHER = 1000; // ms: what is typed within it is one step
const MOST = 500; // steps

/**
 * `buttons`: {undo, redo}. `shown(place)` brings an element into view before its step is taken back; `changed(sentence)` is
 * called after each step. Ctrl+Z, Ctrl+Y and Ctrl+Shift+Z work everywhere but in fields that are not of the entry.
 */
export function makeHistory(form, buttons, words, shown, changed) {
  const done = [];
  const undone = [];
  const values = new WeakMap(); // field → its value when it was last looked at

  const isOurs = (field) => field.matches?.("input, textarea, select") && (field.name || field.dataset.field);

  /** Notes the present values of the fields of `part`: the first change of each starts from there. */
  function watch(part) {
    for (const field of part.querySelectorAll("input, textarea, select")) values.set(field, field.value);
  }

  /** Adds a step that has just been made: `undo` and `redo` are functions, `place` is where it is seen. */
  function add(step) {
    done.push(step);
    if (done.length > MOST) done.shift();
    undone.length = 0;
    offer();
  }

  function note(field) {
    const [before, after] = [values.get(field) ?? "", field.value];
    if (before === after) return;
    values.set(field, after);
    const last = done.at(-1);
    const typed = Math.abs(after.length - before.length) < 2;
    if (typed && last?.field === field && last.typed && !undone.length && Date.now() - last.at < TOGETHER) {
      last.after = after;
      last.at = Date.now();
      return;
    }
    const step = { field, before, after, typed, at: Date.now(), place: field };
    add(Object.assign(step, { undo: () => put(field, step.before), redo: () => put(field, step.after) }));
  }

  function put(field, value) {
    const cursor = endOfChange(field.value, value);
    field.value = value;
    values.set(field, value);
    field.focus();
    if (field.matches("textarea, input:not([type=date])")) field.setSelectionRange(cursor, cursor);
  }

  function go(from, to, way, sentence) {
    const step = from.pop();
    if (!step) return;
    shown(step.place);
    step[way]();
    to.push({ ...step, typed: false });
    shown(step.place);
    offer();
    changed(sentence);
  }
  const undo = () => go(done, undone, "undo", words.undone);
  const redo = () => go(undone, done, "redo", words.redone);

  function offer() {
    for (const [button, steps] of [[buttons.undo, done], [buttons.redo, undone]]) {
      if (!steps.length && document.activeElement === button) (button === buttons.undo ? buttons.redo : buttons.undo).focus();
      button.hidden = steps.length === 0;
    }
  }

  buttons.undo.addEventListener("click", undo);
  buttons.redo.addEventListener("click", redo);
  form.addEventListener("input", ({ target }) => isOurs(target) && note(target));
  form.addEventListener("beforeinput", (event) => {
    // The browser's menu has its own steps, which know nothing of ours.
    const act = { historyUndo: undo, historyRedo: redo }[event.inputType];
    if (!act || !isOurs(event.target)) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("keydown", (event) => {
    const { target, key, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (altKey || !(ctrlKey || metaKey) || (target.matches?.("input, textarea") && !isOurs(target))) return;
    const act = { z: shiftKey ? redo : undo, y: redo }[key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  watch(form);
  return { add, watch };
}

/** The place in `after` where its difference from `before` ends. */
function endOfChange(before, after) {
  let same = 0;
  const most = Math.min(before.length, after.length);
  while (same < most && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return after.length - same;
}
