// The fixed parts of the panel, built anew for each language.
import { fill, h } from "./dom.js";

/** The dialog and the parts of it that change: {dialog, log, notices, queue, typing, status, input}. `act` holds what its controls do. */
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
    { class: "panel", lang: words.language, "aria-labelledby": "title" },
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
  const other = config.languages.find((code) => code !== words.language);
  const options = menu(words, base, act);
  const toggle = h("button", { type: "button", class: "plain", "aria-expanded": "false", "aria-controls": "options" }, words.menu);
  toggle.addEventListener("click", () => {
    options.hidden = !options.hidden;
    toggle.setAttribute("aria-expanded", String(!options.hidden));
  });
  return h(
    "div", // not <header>: in a dialog that would be a second banner of the page
    { class: "head" },
    h(
      "div",
      { class: "bar" },
      config.logo_url && h("img", { src: new URL(config.logo_url, base).href, alt: "", class: "logo" }),
      h("h2", { id: "title" }, config.service_name, h("small", {}, config.organisation)),
      h("button", { type: "button", class: "plain close", title: words.close, onclick: act.close }, h("span", { class: "cross", "aria-hidden": "true" }), h("span", { class: "unseen" }, words.close)),
    ),
    h(
      "div",
      { class: "tools" },
      other &&
        h("button", { type: "button", class: "plain language", lang: other, onclick: () => act.switchTo(other) }, words.switch_language),
      toggle,
    ),
    options,
  );
}

function menu(words, base, act) {
  const restart = h("button", { type: "button" }, words.start_again);
  const confirm = h(
    "div",
    { class: "confirm", role: "group", "aria-label": words.start_again_confirm, hidden: true },
    h("p", {}, words.start_again_confirm),
    h("button", { type: "button", onclick: () => (ask(false), act.erase()) }, words.erase),
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
  return h(
    "div",
    { class: "options", id: "options", hidden: true },
    h("button", { type: "button", onclick: act.download }, words.download),
    restart,
    confirm,
    h("p", {}, page("about"), page("privacy"), page("accessibility")),
  );
}

/** What is said to everybody; an emergency is announced at once. */
export const notice = ({ kind, title, text, lang }) =>
  h("div", { class: `notice ${kind}`, role: kind === "emergency" ? "alert" : null }, h("p", {}, h("strong", {}, title)), h("p", { lang }, text));

/** Before the first message: that this is a machine, no personal data, how long messages are kept, how to reach a human. */
export function intro(config, words, ask) {
  const say = (name) => fill(words[name], { ...config, days: config.retention_days });
  return h(
    "div",
    { class: "intro", id: "intro", tabindex: "-1" },
    h("p", { class: "greeting" }, say("greeting")),
    h("ul", {}, ["machine_notice", "personal_data_notice", "retention_notice"].map((name) => h("li", {}, say(name)))),
    h("button", { type: "button", onclick: () => ask(words.reach_human) }, words.reach_human),
  );
}

/** Escape closes; a character typed while the focus is on an answer goes to the question. */
function keys(event, dialog, input, act) {
  if (event.key === "Escape") {
    event.preventDefault();
    act.close();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.target.matches(".reply, .intro, .log")) input.focus();
  }
}
