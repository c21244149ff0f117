// Suggestions while the citizen types, in a list above the question. Loaded with the first letter. What is typed is sent to the
// service and kept by nobody. Keys: arrows choose, Enter asks, Escape closes the list.
import { fill, h, tongue } from "./dom.js";

const PAUSE = 150; // ms without a key before it asks
const FEWEST = 3; // characters
const LONGEST = 120;

/** `given`: {input, words, find(text), choose(text)}. Returns {look(), close()}: call `look` when the text has changed. */
export function suggestions({ input, words, find, choose }) {
  const list = h("ul", { class: "suggestions", id: "suggestions", role: "listbox", "aria-label": words.suggestions, hidden: true });
  const told = h("p", { class: "unseen", role: "status" });
  let timer, options = [], at = -1;
  input.closest("form").prepend(list, told);
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
    told.textContent = options.length ? fill(words.suggestions_shown, { count: options.length }) : "";
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

  const look = () => {
    clearTimeout(timer);
    const text = input.value;
    if (text.trim().length < FEWEST || text.length > LONGEST) return close();
    timer = setTimeout(async () => {
      const found = await find(text).catch(() => []);
      if (input.value === text && input.getRootNode().activeElement === input) show(found);
    }, PAUSE);
  };

  // Before the field's own keys: Enter asks what is chosen, Escape does not close the panel.
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
  return { look, close };
}
