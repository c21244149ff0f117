// "Did this answer help you?": yes, or no and why not.
import { h } from "./dom.js";

const REASONS = ["wrong_page", "incomplete", "unclear", "outdated"];

/** The form under a reply; `rate({useful, reason?, comment?})` sends it and rejects when it could not be sent. */
export function feedback(words, rate) {
  const group = h("div", { class: "feedback", role: "group", "aria-label": words.useful });
  const send = async (opinion) => {
    try {
      await rate(opinion);
      const thanks = h("p", { tabindex: "-1" }, words.feedback_thanks);
      group.replaceChildren(thanks);
      thanks.focus();
    } catch {
      trouble.hidden = false;
    }
  };
  const trouble = h("p", { role: "alert", hidden: true }, words.unavailable);
  const askWhy = () => {
    rate({ useful: false }).catch(() => {}); // a "no" counts even if the citizen says no more; the reason replaces it
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
    h("p", {}, words.useful),
    h("button", { type: "button", onclick: () => send({ useful: true }) }, words.yes),
    h("button", { type: "button", onclick: askWhy }, words.no),
    trouble,
  );
  return group;
}
