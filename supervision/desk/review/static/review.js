// Chooses the right page for the verdict "wrong page" from a search while typing. Without scripts, its id is typed.
import { api } from "/desk/static/desk/api.js";

const picker = document.getElementById("picker");
const PAUSE = 250;

if (picker) {
  const { language, question, none, down, choose } = picker.dataset;
  const search = document.getElementById("picker-search");
  const found = document.getElementById("picker-found");
  const message = document.getElementById("picker-told");
  const byId = document.getElementById("by-id");
  const wrong = document.getElementById("o-wrong_entry");
  const form = picker.closest("form");
  let searches = 0;
  let timer;

  document.getElementById("entry").remove(); // the choice below is sent instead
  byId.hidden = document.getElementById("entry-hint").hidden = true;

  const option = ({ entry, title }) => {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "entry", value: entry, id: `entry-${entry}` });
    const label = Object.assign(document.createElement("label"), { htmlFor: radio.id, textContent: `${title} (${entry})` });
    const row = Object.assign(document.createElement("div"), { className: "found" });
    row.append(radio, label);
    return row;
  };

  const runSearch = async () => {
    const text = search.value.trim();
    const current = ++searches;
    if (!text) return found.replaceChildren();
    let problem = "";
    let hits = [];
    try {
      hits = await api("POST", "/api/desk/console/search", { text, language });
      if (!hits.length) problem = none;
    } catch (error) {
      problem = error.detail || down;
    }
    if (current !== searches) return; // a later search has begun
    const chosen = found.querySelector("input:checked")?.closest(".found"); // the choice stays visible
    const others = hits.map(option).filter((row) => row.firstChild.value !== chosen?.firstChild.value);
    found.replaceChildren(...[chosen, ...others].filter(Boolean));
    message.textContent = problem;
  };

  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(runSearch, PAUSE);
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  form.addEventListener("change", () => {
    picker.hidden = !wrong.checked;
    if (!picker.hidden && !search.value) {
      search.value = question.slice(0, 500);
      runSearch();
    }
  });
  if (wrong.checked) form.dispatchEvent(new Event("change")); // the page shows a refused verdict again
  form.addEventListener("submit", (event) => {
    if (!wrong.checked || found.querySelector("input:checked")) return;
    event.preventDefault();
    message.textContent = choose;
    search.focus();
  });
}
