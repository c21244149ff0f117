// The fixed parts of the panel, built for each language.
import { contact } from "./contact.js";
import { fill, h, tongue } from "./dom.js";
import { icon } from "./icons.js";

/** Returns the dialog and its parts that change. `act`: the actions of its controls. */
export function frame(config, words, base, act) {
  const log = h("div", { class: "log", role: "log", tabindex: "0", "aria-label": words.conversation });
  const notices = h("div", { class: "notices", role: "region", "aria-label": words.notice_banner, hidden: true });
  const queue = h("p", { class: "status queue", role: "status" });
  const typing = h("p", { class: "typing", hidden: true }, h("span", { class: "dots", "aria-hidden": "true" }), words.typing);
  const status = h("p", { class: "status", role: "status" });
  const input = h("textarea", { id: "question", rows: "1", "aria-describedby": "intro", enterkeyhint: "send", autocomplete: "off",
    placeholder: words.placeholder });
  const form = h(
    "form",
    { class: "ask", onsubmit: (event) => (event.preventDefault(), act.submit()) },
    h("label", { for: "question" }, words.message_label),
    h("div", { class: "row" }, input, h("button", { type: "submit", class: "send" }, words.send)),
  );
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    act.submit();
  });
  const dialog = h(
    "dialog",
    { class: "panel", ...tongue(words.language), "aria-labelledby": "title" },
    header(config, words, base, act),
    notices,
    log,
    typing,
    queue,
    status,
    form,
  );
  dialog.addEventListener("cancel", (event) => (event.preventDefault(), act.close()));
  dialog.addEventListener("keydown", (event) => keys(event, dialog, input, act));
  return { dialog, log, notices, queue, typing, status, input };
}

function header(config, words, base, act) {
  const languages = h(
    "div",
    { class: "options languages", id: "languages", role: "group", "aria-label": words.language_name, hidden: true },
    config.languages.map((code) =>
      h("button", { type: "button", ...tongue(code), "aria-pressed": String(code === words.language), onclick: () => act.switchTo(code) }, nameOf(code)),
    ),
  );
  const options = menu(words, base, act);
  const language = toggle("language", languages, options, icon("world"), words.language.toUpperCase(), h("span", { class: "unseen" }, ` ${words.language_name}`));
  return h(
    "div", // not <header>: that would be a second banner of the page
    { class: "head" },
    h(
      "div",
      { class: "bar" },
      config.logo_url && h("img", { src: new URL(config.logo_url, base).href, alt: "", class: "logo" }),
      h("h2", { id: "title" }, config.service_name, h("small", {}, config.organisation)),
      h(
        "div",
        { class: "tools" },
        config.languages.length > 1 && language,
        toggle("more", options, languages, words.menu),
        h("button", { type: "button", class: "plain close", title: words.close, onclick: act.close }, h("span", { class: "cross", "aria-hidden": "true" }), h("span", { class: "unseen" }, words.close)),
      ),
    ),
    languages,
    options,
  );
}

/** Returns a button that shows or hides `shown`, and hides `other`. */
function toggle(name, shown, other, ...label) {
  const button = h("button", { type: "button", class: `plain ${name}`, "aria-expanded": "false", "aria-controls": shown.id }, label);
  const update = () => button.setAttribute("aria-expanded", String(!shown.hidden));
  button.addEventListener("click", () => {
    shown.hidden = !shown.hidden;
    other.hidden = true;
  });
  new MutationObserver(update).observe(shown, { attributes: true, attributeFilter: ["hidden"] });
  return button;
}

/** Returns the name of a language in itself. */
const nameOf = (code) => {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
};

function menu(words, base, act) {
  const restart = h("button", { type: "button" }, words.start_again);
  const erase = async () => {
    ask(false);
    await act.erase(); // moves the focus to the box to write in
    box.hidden = true;
  };
  const confirm = h(
    "div",
    { class: "confirm", role: "group", "aria-label": words.start_again_confirm, hidden: true },
    h("p", {}, words.start_again_confirm),
    h("button", { type: "button", onclick: erase }, words.erase),
    h("button", { type: "button", onclick: () => ask(false) }, words.cancel),
  );
  const ask = (asking) => {
    confirm.hidden = !asking;
    restart.hidden = asking;
    (asking ? confirm.querySelector("button") : restart).focus();
  };
  restart.addEventListener("click", () => ask(true));
  const page = (name) => h("a", { href: `${base}/${name}?lang=${words.language}`, target: "_blank", rel: "noopener" }, words[name],
    h("span", { class: "unseen" }, ` ${words.opens_new_tab}`));
  const box = h(
    "div",
    { class: "options", id: "options", hidden: true },
    h("button", { type: "button", onclick: act.print }, words.print),
    h("button", { type: "button", onclick: act.download }, words.download),
    restart,
    confirm,
    h("p", {}, page("about"), page("privacy"), page("accessibility")),
  );
  return box;
}

/** Returns a notice to everybody. An emergency is announced at once. */
export const notice = ({ kind, title, text, lang }) =>
  h("div", { class: `notice ${kind}`, role: kind === "emergency" ? "alert" : null }, h("p", {}, h("strong", {}, title)), h("p", tongue(lang), text));

/** Returns the introduction above the first message: greeting, questions, notices, and how to reach a human. */
export function intro(config, words, ask) {
  const say = (name) => fill(words[name], { ...config, days: config.retention_days });
  const questions = config.questions ?? [];
  return h(
    "div",
    { class: "intro", id: "intro", tabindex: "-1" },
    h("p", { class: "greeting" }, say("greeting")),
    questions.length > 0 && [
      h("p", { id: "questions" }, words.questions),
      h("ul", { class: "questions", "aria-labelledby": "questions" }, questions.map(({ text, lang }) => h("li", {}, h("button", { type: "button", ...tongue(lang), onclick: () => ask(text) }, text)))),
    ],
    h("ul", { class: "notes" }, ["machine_notice", "personal_data_notice", "retention_notice"].map((name) => h("li", {}, say(name)))),
    h("button", { type: "button", class: "human", onclick: () => ask(words.reach_human) }, icon("person"), words.reach_human),
    contact(config, words),
  );
}

/** Handles Escape (closes), and characters typed while an answer has the focus (they go to the input). */
function keys(event, dialog, input, act) {
  if (event.key === "Escape") {
    event.preventDefault();
    act.close();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.target.matches(".reply, .intro, .log")) input.focus();
  }
}
