// The tried reply as the widget draws it, in place of its text. Its buttons belong to the citizen's conversation.
import { makePreview } from "/desk/static/editor/preview.js";

const host = document.getElementById("card");
const blocks = JSON.parse(host?.dataset.blocks ?? "[]");
if (blocks.length) {
  const render = await makePreview(host, "fr", () => {});
  render(blocks, host.dataset.outcome);
  for (const button of host.shadowRoot.querySelectorAll("button")) button.disabled = true;
  host.hidden = false;
  host.parentElement.querySelector(".reply.web").hidden = true;
}
