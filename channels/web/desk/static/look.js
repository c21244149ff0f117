// Shows the widget's own panel with the colour and the logo of the form, light and dark.
import { h, wordsOf } from "/widget/desk/dom.js";
import { frame } from "/widget/desk/parts.js";
import { replyArticle } from "/widget/desk/reply.js";
import { STYLE } from "/widget/desk/style.js";

const HERE = "[hidden] { display: none !important; } .panel, .left .panel { position: static; inset: auto; width: 100%; height: 28rem; border: 1px solid var(--edge); box-shadow: none; }";
const sheets = [STYLE, HERE].map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
});
const form = document.getElementById("look");
const { colour, code, logo } = form.elements;
const contrast = document.getElementById("contrast");
const language = document.documentElement.lang;
const config = await (await fetch(`/api/web/config?lang=${language}`)).json();
const words = wordsOf(config, language);

/** Returns the relative luminance of #rrggbb (WCAG 2.2), as core/web/colours.py does. */
function luminance(text) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function panel(theme) {
  const { title, body, asked } = document.querySelector(".looks").dataset;
  const { dialog, log } = frame({ ...config, logo_url: logo.value }, words, location.origin, {});
  const answer = { type: "answer", title, body, source: { name: "service-public.fr", url: "" }, verified_on: new Date().toISOString().slice(0, 10) };
  log.append(h("div", { class: "said" }, h("p", {}, asked)), replyArticle({ outcome: "answered", language, blocks: [answer] }, { words, config }));
  dialog.open = true;
  return h("div", { class: theme }, dialog);
}

function show() {
  if (!form.checkValidity()) return (contrast.textContent = form.dataset.wrong);
  const light = luminance(code.value);
  const black = light > 0.179;
  const ratio = black ? (light + 0.05) / 0.05 : 1.05 / (light + 0.05);
  const shown = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(ratio);
  contrast.textContent = form.dataset[black ? "black" : "white"].replace("{ratio}", shown);
  for (const place of document.querySelectorAll(".look")) {
    const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = sheets;
    place.style.setProperty("--colour", code.value);
    place.style.setProperty("--on-colour", black ? "#000000" : "#ffffff");
    root.replaceChildren(panel(place.dataset.theme));
  }
}

colour.addEventListener("input", () => ((code.value = colour.value), show()));
code.addEventListener("input", () => (code.validity.valid && (colour.value = code.value), show()));
logo.addEventListener("input", show);
show();
