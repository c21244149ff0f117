// Shows the list or the conversation on a narrow screen. The browser's "back" leads from the conversation to the list.
import { $ } from "./dom.js";

export class ViewSwitch {
  /** `leave`: closes the conversation and shows the list again. */
  constructor(root, leave) {
    Object.assign(this, { root, leave });
    if (history.state?.talk) history.replaceState(null, ""); // loaded again: no conversation is open
    addEventListener("popstate", () => history.state?.talk || this.close());
    $("to-list").addEventListener("click", () => (history.state?.talk ? history.back() : this.close()));
  }

  /** A conversation is opened; the next one takes its place. */
  enter() {
    this.root.dataset.open = "";
    if (!history.state?.talk) history.pushState({ talk: true }, "");
  }

  /** Nothing is open any more. */
  close() {
    delete this.root.dataset.open;
    this.leave();
  }
}
