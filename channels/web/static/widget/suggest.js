// Suggestions while the citizen types, in a list above the input. Loaded with the first letter. The text is sent to the
// service and not stored. Keys: arrows choose, Enter sends, Escape closes the list.
import { fill, h, tongue } from "./dom.js";

const PAUSE = 150; // ms without a key before a request
const FEWEST = 3; // characters
const LONGEST = 120;

/** Returns {update(), close()}. Call `update` when the text of `input` has changed. */
export function suggestions({ input, words, find, choose }) {
  const list = h("ul", { class: "suggestions", id: "suggestions", role: "listbox", "aria-label": words.suggestions, hidden: true });
  const status = h("p", { class: "unseen", role: "status" });
  let timer, options = [], at = -1;
  input.closest("form").prepend(list, status);
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);

  const mark = (number) => {
    at = number;
    options.forEach((option, each) => option.setAttribute("aria-selected", String(each === at)));
    if (options[at]) input.setAttribute("aria-activedescendant", options[at].id);
    else input.removeAttribute("aria-activedescendant");
    options[at]?.scrollIntoView({ block: "nearest" });
  };

  const show = (found) => {
    options = found.map(({ text, lang }, number) => h("li", { role: "option", id: `suggestion-${number}`, ...tongue(lang), onclick: () => take(text) }, text));
    list.replaceChildren(...options);
    list.hidden = !options.length;
    status.textContent = options.length ? fill(words.suggestions_shown, { count: options.length }) : "";
    mark(-1);
  };

  const close = () => {
    clearTimeout(timer);
    show([]);
  };

  const take = (text) => {
    close();
    choose(text);
  };

  const update = () => {
    clearTimeout(timer);
    const text = input.value;
    if (text.trim().length < FEWEST || text.length > LONGEST) return close();
    timer = setTimeout(async () => {
      const found = await find(text).catch(() => []);
      if (input.value === text && input.getRootNode().activeElement === input) show(found);
    }, PAUSE);
  };

  // Before the input's own keys: Enter sends the chosen question, Escape does not close the panel.
  input.form.addEventListener("keydown", (event) => {
    if (!options.length || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(((at + 1 + step + options.length + 1) % (options.length + 1)) - 1);
    else if (event.key === "Enter" && options[at]) options[at].click();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  input.addEventListener("blur", close);
  return { update, close };
}
