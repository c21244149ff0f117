// The only functions that create elements. Text is always a text node: no markup is parsed (no innerHTML), so no text can
// become code, and the widget needs no Trusted Types policy.

/**
 * Returns an element: h("p", { class: "said", onclick }, "text", child). Properties whose name starts with "on" are listeners;
 * the others are attributes: `true` gives an empty one, `false`, `null` and `undefined` give none. Children: nodes, text, null.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Returns a link that opens in a new window; plain text if the address is no web, mail or phone address. */
export function link(label, address, words, properties = {}) {
  if (!/^(https?:|mailto:|tel:)/i.test(address)) return h("span", {}, label);
  if (!/^https?:/i.test(address)) return h("a", { href: address, ...properties }, label);
  return h(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer", ...properties },
    label,
    h("span", { class: "unseen" }, ` ${words.opens_new_tab}`),
  );
}

/** Returns `text` with values instead of `{name}`; names without a value stay. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** Returns French text with non-breaking spaces at double punctuation, and within numbers, hours and amounts. */
export const typeset = (text, language) =>
  language === "fr"
    ? text.replace(/ ([:;?!»])/g, "\u00a0$1").replace(/« /g, "«\u00a0").replace(/(\d) (?=(?:h|€|%|\d{2,3})(?![\p{L}\d]))/gu, "$1\u00a0").replace(/(\d\u00a0h) (?=\d)/g, "$1\u00a0")
    : text;

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** Returns the attributes of text in `language`: its code and direction. */
export const tongue = (language) => ({ lang: language, dir: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr" });

/** Returns the colon between a name and its value. */
export const colon = (language) => typeset(" : ", language).replace(" :", ":");

/** Returns the words of the panel by name: the texts of the configuration in `language`. */
export function wordsOf({ wording, service_name: service }, language) {
  const texts = Object.entries(wording).map(([name, text]) => [name.replace(/^ui_/, ""), typeset(text, language)]);
  const words = { ...Object.fromEntries(texts), language, colon: colon(language) };
  return { ...words, agent: fill(words.agent, { service }) };
}

/** Returns a day ("2026-03-01") or the day of an instant in words. */
export function day(value, language) {
  const date = moment(value);
  // "en-GB": "26 August 2019", as the service writes it.
  const text = date.toLocaleDateString(language === "en" ? "en-GB" : language, { day: "numeric", month: "long", year: "numeric" });
  return language === "fr" ? text.replace(/^1 /, "1er ") : text;
}

/**
 * Returns the same in figures; in words in English, where figures are ambiguous (as in core/dates.py). Arabic browsers put marks
 * of direction between the figures, which disorder them in text from the left.
 */
export const shortDay = (value, language) =>
  language === "en" ? day(value, language) : moment(value).toLocaleDateString(language, { day: "2-digit", month: "2-digit", year: "numeric" }).replaceAll("\u200f", "");

/** Returns how long ago a day is, in the largest unit that fits: "il y a 6 ans", "5 months ago". */
export function age(value, language) {
  const [then, now] = [moment(value), new Date()];
  const months = (now.getFullYear() - then.getFullYear()) * 12 + now.getMonth() - then.getMonth() - (now.getDate() < then.getDate() ? 1 : 0);
  const days = Math.max(0, Math.round((now - then) / 86_400_000));
  const [count, unit] = months >= 12 ? [Math.floor(months / 12), "year"] : months > 0 ? [months, "month"] : [days, "day"];
  return new Intl.RelativeTimeFormat(language, { numeric: count ? "always" : "auto" }).format(-count, unit);
}

const moment = (value) => new Date(value.length === 10 ? `${value}T12:00:00` : value);
