// The national pages on the matter of an entry: proposed by the service, searched by words, added to the field by a press.
import { api } from "/desk/static/desk/api.js";

const SEARCH_AFTER = 400; // ms without a key

/** `part` is the folded search, `field` the text field with one page a line; a press on a page adds its line. */
export function makeNational(part, field) {
  if (!part) return;
  const search = part.querySelector("input");
  const status = part.querySelector("[role=status]");
  const list = part.querySelector("ul");
  let waiting;

  async function propose() {
    let pages = [];
    try {
      pages = search.value.trim() ? await api("GET", `${part.dataset.api}?q=${encodeURIComponent(search.value.trim())}`) : [];
      status.textContent = pages.length ? "" : status.dataset.none;
    } catch (problem) {
      status.textContent = problem.detail;
    }
    list.replaceChildren(...pages.map(choice));
  }

  function choice({ name, title }) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${title} (${name})`;
    button.addEventListener("click", () => {
      const lines = field.value.split("\n").filter((line) => line.trim());
      if (!lines.some((line) => line.split(" ")[0] === name)) lines.push(`${name} ${title}`);
      field.value = lines.join("\n");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const line = document.createElement("li");
    line.append(button);
    return line;
  }

  part.addEventListener("toggle", () => part.open && !list.children.length && propose());
  search.addEventListener("input", (event) => {
    event.stopPropagation(); // what is searched is no change of the entry
    clearTimeout(waiting);
    waiting = setTimeout(propose, SEARCH_AFTER);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    propose();
  });
}
