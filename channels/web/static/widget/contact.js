// Who the administration is and how it is reached.
import { h, link } from "./dom.js";

/** Lines of {name, text, url}, behind one press unless `open`; nothing where none is set. */
export const contact = ({ organisation, contact: lines = [] }, words, open = false) =>
  lines.length > 0 &&
  h(
    "details",
    { class: "contact", open },
    h("summary", {}, organisation, h("small", {}, words.contact)),
    h("dl", {}, lines.map(({ name, text, url }) => h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, url ? link(text, url, words) : text)))),
  );
