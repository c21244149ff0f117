// The card of an office (core/turns.py, PlaceBlock): address, opening hours, telephone.
import { day, fill, h, link, tongue, typeset } from "./dom.js";

const MAP = "https://www.openstreetmap.org/search?query="; // no tracker, and no request before the link is pressed

/** Returns the card. The second argument is as for the other blocks of a reply. */
export function placeCard(block, { words, language }) {
  const { text, name, address, other_addresses: others = [], postal_address: post, hours = [], note, phone, appointment, source, verified_on: verified } = block;
  const line = (label, ...said) => h("p", {}, h("span", { class: "path" }, label + words.colon), ...said);
  return h(
    "div",
    { class: "card" },
    h("h3", { dir: "auto" }, name),
    h(
      "div",
      { class: "body" },
      text && h("p", tongue(language), h("strong", {}, typeset(text, language))),
      [address, ...others].map((one) => one && h("p", { dir: "auto" }, one, " ", link(words.place_map, MAP + encodeURIComponent(one.split(" : ").at(-1)), words, { class: "map" }))),
      post && line(words.place_postal, post),
      hours.length > 0 && [
        h("p", { class: "path" }, words.place_hours),
        h("ul", {}, hours.map(({ days, times }) => h("li", {}, typeset(`${days} : ${times}`, language)))),
      ],
      note && h("p", { dir: "auto" }, note),
      phone && line(words.place_phone, link(phone, `tel:${phone.replace(/[^\d+]/g, "")}`, words)),
      appointment && line(words.place_appointment, link(appointment, appointment, words)),
    ),
    h(
      "p",
      { class: "source" },
      link(source.name, source.url, words),
      verified && h("span", {}, fill(words.verified_on, { date: day(verified, words.language) })),
    ),
  );
}
