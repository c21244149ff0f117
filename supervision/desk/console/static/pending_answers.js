// Answers that wait for a supervisor's approval, as they would be sent, with the actions on each.
import { ask } from "./dialog.js";
import { $, clock, fill, h } from "./dom.js";

/** Shows a card for each answer that waits under the open handoff. `options`: {conversation, words, language}. */
export class PendingAnswers {
  constructor(options) {
    Object.assign(this, options);
    this.conversation.addEventListener("changed", () => this.#show());
  }

  #show() {
    const { view, mine, handoff } = this.conversation;
    const shown = [...$("held").children].map((each) => each.dataset.key).join();
    const claimed = handoff.state === "claimed";
    const key = ({ id }) => `${id} ${claimed} ${mine}`;
    const wanted = view.held.map(key).join();
    if (shown !== wanted) $("held").replaceChildren(...view.held.map((answer) => this.#card(answer, { key: key(answer), mine, claimed, paid: handoff.pays_by_segment })));
    $("text-label").textContent = $("text").placeholder = this.words[["your_reply", "reply_instead"][view.held.length] ?? "reply_instead_first"];
  }

  #card(answer, { key, mine, claimed, paid }) {
    const { words, language } = this;
    const confidence = answer.confidence !== null && fill(words.held_confidence, { confidence: new Intl.NumberFormat(language, { style: "percent" }).format(answer.confidence) });
    const facts = [confidence, paid && fill(words.held_segments, answer)].filter(Boolean).join(" · ");
    const title = `held-${answer.id}`;
    return h(
      "section",
      { "aria-labelledby": title, "data-key": key },
      h("h3", { id: title }, words.held_title),
      h("p", {}, fill(words.held_question, answer)),
      h("p", { class: "words", tabindex: "0" }, answer.text),
      h("p", { class: "hint" }, answer.url && h("a", { href: answer.url, target: "_blank", rel: "noopener" }, fill(words.held_source, answer)), facts && ` · ${facts}`),
      h("p", { class: "hint" }, claimed ? mine && words.held_taken : fill(words.held_until, { time: clock(answer.due_at, language) })),
      mine &&
        h(
          "p",
          { class: "actions" },
          h("button", { type: "button", class: "main", onclick: () => this.conversation.decide("approve", answer.id) }, words.approve),
          h("button", { type: "button", onclick: async () => (await ask($("refusing"))) && this.conversation.decide("refuse", answer.id) }, words.refuse),
        ),
    );
  }
}
