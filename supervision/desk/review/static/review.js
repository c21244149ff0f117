// "Wrong page: which is right?": searched as one types and chosen from what is found. Without scripts its id is typed.
import { api } from "/desk/static/desk/api.js";

const picker = document.getElementById("picker");
const PAUSE = 250;

if (picker) {
  const { language, question, none, down, choose } = picker.dataset;
  const search = document.getElementById("picker-search");
  const found = document.getElementById("picker-found");
  const told = document.getElementById("picker-told");
  const byId = document.getElementById("by-id");
  const wrong = document.getElementById("o-wrong_entry");
  const form = picker.closest("form");
  let asked = 0;
  let timer;

  document.getElementById("entry").remove(); // what is chosen below is sent in its place
  byId.hidden = document.getElementById("entry-hint").hidden = true;

  const option = ({ entry, title }) => {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "entry", value: entry, id: `entry-${entry}` });
    const label = Object.assign(document.createElement("label"), { htmlFor: radio.id, textContent: `${title} (${entry})` });
    const row = Object.assign(document.createElement("div"), { className: "found" });
    row.append(radio, label);
    return row;
  };

  const look = async () => {
    const text = search.value.trim();
    const mine = ++asked;
    if (!text) return found.replaceChildren();
    let trouble = "";
    let hits = [];
    try {
      hits = await api("POST", "/api/desk/console/search", { text, language });
      if (!hits.length) trouble = none;
    } catch (error) {
      trouble = error.detail || down;
    }
    if (mine !== asked) return;
    const chosen = found.querySelector("input:checked")?.closest(".found"); // what was chosen stays to be seen
    const others = hits.map(option).filter((row) => row.firstChild.value !== chosen?.firstChild.value);
    found.replaceChildren(...[chosen, ...others].filter(Boolean));
    told.textContent = trouble;
  };

  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  form.addEventListener("change", () => {
    picker.hidden = !wrong.checked;
    if (!picker.hidden && !search.value) {
      search.value = question.slice(0, 500);
      look();
    }
  });
  if (wrong.checked) form.dispatchEvent(new Event("change")); // the page came back with what was wrong
  form.addEventListener("submit", (event) => {
    if (!wrong.checked || found.querySelector("input:checked")) return;
    event.preventDefault();
    told.textContent = choose;
    search.focus();
  });
}
