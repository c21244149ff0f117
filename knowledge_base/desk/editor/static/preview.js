// The answer as the widget itself renders it (its own modules and styles, in a shadow tree), and as SMS.
import { fill, h, typeset } from "/widget/desk/dom.js";
import { replyArticle } from "/widget/desk/reply.js";
import { STYLE } from "/widget/desk/style.js";

const FRAME = `.panel { display: block; position: static; width: auto; height: auto; max-height: none; box-shadow: none; padding: .75rem; }`;

/** The function returned renders the blocks that the preview's API answered into `host`; `press(payload, label)` hears its buttons. */
export async function makePreview(host, language, press) {
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE + FRAME);
  shadow.adoptedStyleSheets = [sheet];
  const answer = await fetch(`/api/web/config?lang=${language}`);
  const config = await answer.json();
  const wording = Object.entries(config.wording).map(([name, text]) => [name.replace(/^ui_/, ""), typeset(text, language)]);
  const words = { ...Object.fromEntries(wording), language, colon: typeset(" : ", language).replace(" :", ":") };
  words.agent = fill(words.agent, { service: config.service_name });
  return (blocks, outcome = "answered") => {
    const focused = shadow.activeElement !== null; // a button that was pressed is gone: its answer takes the focus
    const choose = (label, payload) => press(payload, label);
    const article = replyArticle({ blocks, language, outcome }, { words, choose, config });
    shadow.replaceChildren(h("div", { class: "panel" }, article));
    if (focused) article.focus({ preventScroll: true });
  };
}
