// The administration's contact details.
import { h, link } from "./dom.js";

/** Returns the lines ({name, text, url}), folded unless `open`; false if there are none. */
export const contact = ({ organisation, contact: lines = [] }, words, open = false) =>
  lines.length > 0 &&
  h(
    "details",
    { class: "contact", open },
    h("summary", {}, organisation, h("small", {}, words.contact)),
    h("dl", {}, lines.map(({ name, text, url }) => h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, url ? link(text, url, words) : text)))),
  );
