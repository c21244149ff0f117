// The row of actions under an answer: feedback, print, copy, send by SMS, read aloud. And the form for the reason of a "no".
import { aloudButton } from "./aloud.js";
import { asText, plainBody } from "./answer.js";
import { h, link } from "./dom.js";
import { icon } from "./icons.js";

const REASONS = ["wrong_page", "incomplete", "unclear", "outdated"];

/**
 * Returns the row of one reply. `card`: its answer block. `opinionUrl`: the page on which the whole service is judged.
 * `rate({useful, reason?, comment?})` sends an opinion, and rejects if that fails. `tell(text)` shows a confirmation. Actions
 * whose argument is missing are not offered.
 */
export function actions({ words, base, card, opinionUrl, rate, print, toPhone, tell }) {
  const tool = (name, label, act, more = {}) =>
    h("button", { type: "button", ...more, class: `tool ${more.class ?? ""}`, onclick: act }, icon(name), h("span", {}, label));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(asText(card, words, base));
      tell(words.copied);
    } catch {
      tell(words.not_copied); // a page without TLS, or a browser that forbids it
    }
  };
  return h(
    "div",
    { class: "actions" },
    h(
      "div",
      { class: "row" },
      rate && feedback(words, rate, tool, opinionUrl),
      print && tool("print", words.print, print),
      card && tool("copy", words.copy, copy),
      card && toPhone && tool("phone", words.by_sms, toPhone, { class: "sms", "aria-label": words.send_by_sms }),
      card && aloudButton(words, card.locale ?? words.language, () => `${card.title}\n${plainBody(card.body)}`),
    ),
  );
}

/** Folds the row of an earlier answer, unless the citizen is typing in it. */
export function fold(row, words) {
  if (row.closest(".past") || row.querySelector("form")) return;
  const folded = h("details", { class: "past" }, h("summary", {}, words.answer_actions));
  row.replaceWith(folded);
  folded.append(row);
}

/** Returns the question "Useful?", with a form for the reason of a "no". */
function feedback(words, rate, tool, opinionUrl) {
  const group = h("div", { class: "feedback", role: "group", "aria-label": words.useful });
  const send = async (opinion) => {
    try {
      await rate(opinion);
      const thanks = h("p", { tabindex: "-1" }, words.feedback_thanks, opinionUrl && [" ", link(words.give_opinion, opinionUrl, words)]);
      group.replaceChildren(thanks);
      thanks.focus();
    } catch {
      trouble.hidden = false;
    }
  };
  const trouble = h("p", { role: "alert", hidden: true }, words.unavailable);
  const askWhy = () => {
    rate({ useful: false }).catch(() => {}); // a "no" without a reason counts; an opinion with one replaces it
    const form = h(
      "form",
      { onsubmit: (event) => {
        event.preventDefault();
        const answers = new FormData(form);
        send({ useful: false, reason: answers.get("reason") ?? undefined, comment: answers.get("comment").trim() || undefined });
      } },
      h(
        "fieldset",
        {},
        h("legend", {}, words.why_not),
        REASONS.map((reason) =>
          h("label", {}, h("input", { type: "radio", name: "reason", value: reason }), words[`reason_${reason}`]),
        ),
      ),
      h("label", { class: "comment" }, words.comment, h("textarea", { name: "comment", rows: "2", maxlength: "500" })),
      h("button", { type: "submit" }, words.send),
      trouble,
    );
    group.replaceChildren(form);
    form.querySelector("input").focus();
  };
  group.append(
    h("span", { class: "useful", "aria-hidden": "true" }, words.useful_short),
    tool("yes", words.yes, () => send({ useful: true })),
    tool("no", words.no, askWhy),
    trouble,
  );
  return group;
}
