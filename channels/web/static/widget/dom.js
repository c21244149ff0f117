// The only way the widget makes elements. Text is always a text node: no markup is ever parsed (no innerHTML), so the
// widget needs no Trusted Types policy and nothing that a citizen or a page says can become code.

/**
 * h("p", { class: "said", onclick }, "text", child): properties whose name starts with "on" are listeners, `true` gives an
 * empty attribute, `false`, `null` and `undefined` give none, the rest are attributes. Children: nodes, text or null.
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

/** A link out of the widget, in a window of its own, or plain text where the address is not a web, mail or phone one. */
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

/** `{name}` → values.name; what has no value stays as it is. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** French sets off its double punctuation by a space at which no line may break; nor may one within a number, an hour or an amount. */
export const typeset = (text, language) =>
  language === "fr"
    ? text.replace(/ ([:;?!»])/g, "\u00a0$1").replace(/« /g, "«\u00a0").replace(/(\d) (?=(?:h|€|%|\d{2,3})(?![\p{L}\d]))/gu, "$1\u00a0").replace(/(\d\u00a0h) (?=\d)/g, "$1\u00a0")
    : text;

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** The attributes of what is written in `language`: its code, and the direction in which it runs. */
export const tongue = (language) => ({ lang: language, dir: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr" });

/** What stands between a name and what is said of it. */
export const colon = (language) => typeset(" : ", language).replace(" :", ":");

/** A calendar day ("2026-03-01") or an instant, in words of `language`. */
export function day(value, language) {
  const date = moment(value);
  // As the service writes it ("26 August 2019"): bare English would be American.
  const text = date.toLocaleDateString(language === "en" ? "en-GB" : language, { day: "numeric", month: "long", year: "numeric" });
  return language === "fr" ? text.replace(/^1 /, "1er ") : text;
}

/** The same in figures; in English, where they could be read as another day, in words (as core/dates.py writes it). */
export const shortDay = (value, language) =>
  language === "en" ? day(value, language) : moment(value).toLocaleDateString(language, { day: "2-digit", month: "2-digit", year: "numeric" });

/** How long ago a day is, in the largest unit that fits: "il y a 6 ans", "5 months ago". */
export function age(value, language) {
  const [then, now] = [moment(value), new Date()];
  const months = (now.getFullYear() - then.getFullYear()) * 12 + now.getMonth() - then.getMonth() - (now.getDate() < then.getDate() ? 1 : 0);
  const days = Math.max(0, Math.round((now - then) / 86_400_000));
  const [count, unit] = months >= 12 ? [Math.floor(months / 12), "year"] : months > 0 ? [months, "month"] : [days, "day"];
  return new Intl.RelativeTimeFormat(language, { numeric: count ? "always" : "auto" }).format(-count, unit);
}

const moment = (value) => new Date(value.length === 10 ? `${value}T12:00:00` : value);
