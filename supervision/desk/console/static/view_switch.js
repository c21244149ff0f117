// Shows the list or the conversation on a narrow screen. The browser's "back" leads from the conversation to the list.
import { $ } from "./dom.js";

export class ViewSwitch {
  /** `leave`: closes the conversation and shows the list again. */
  constructor(root, leave) {
    Object.assign(this, { root, leave });
    if (history.state?.conversation) history.replaceState(null, ""); // after a reload no conversation is open
    addEventListener("popstate", () => history.state?.conversation || this.close());
    $("to-list").addEventListener("click", () => (history.state?.conversation ? history.back() : this.close()));
  }

  /** Shows the conversation. The next one needs no further step back. */
  open() {
    this.root.dataset.open = "";
    if (!history.state?.conversation) history.pushState({ conversation: true }, "");
  }

  /** Shows the list. */
  close() {
    delete this.root.dataset.open;
    this.leave();
  }
}
