// The question at the end of a contact: satisfied or not, and what was missing. Loaded when the panel closes after an answer.
import { h, link } from "./dom.js";

const MISSING = ["answer", "steps", "clarity", "person", "other"];

/** Returns a small region beside the launcher. `rate(verdict)` sends a verdict {satisfied, missing?}. */
export function satisfaction({ words, opinionUrl, rate }) {
  const button = (label, act) => h("button", { type: "button", onclick: act }, label);
  const region = h("section", { class: "farewell", role: "region", "aria-label": words.satisfied });
  const show = (text, ...rest) => {
    const said = h("p", { tabindex: "-1" }, text);
    const dismiss = h("button", { type: "button", class: "dismiss", "aria-label": words.no_verdict, onclick: () => region.remove() }, "×");
    region.replaceChildren(said, ...rest, dismiss);
    return said;
  };
  const thank = () => show(words.feedback_thanks, opinionUrl ? h("p", {}, link(words.give_opinion, opinionUrl, words)) : "").focus();
  const send = (verdict) => rate(verdict).catch(() => {}); // a failure is not shown
  const refuse = () => {
    send({ satisfied: false }); // counts without a reason, too
    const ways = MISSING.map((missing) => h("li", {}, button(words[`missing_${missing}`], () => (send({ satisfied: false, missing }), thank()))));
    show(words.missing, h("ul", {}, ways)).focus();
  };
  show(words.satisfied, h("div", {}, button(words.yes, () => (send({ satisfied: true }), thank())), button(words.no, refuse)));
  return region;
}
