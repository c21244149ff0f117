// Elements with text nodes only (the widget's own `h`): no markup is ever parsed, so nothing that a citizen wrote can become code.
export { fill, h } from "/widget/desk/dom.js";

export const $ = (id) => document.getElementById(id);

/** Calls `work` once nothing has been asked for `milliseconds`. */
export function settled(work, milliseconds) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), milliseconds);
  };
}

/** How long ago `at` was, in words of `language`: "3 min", "2 h". */
export function since(at, language) {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(at)) / 60_000));
  const [value, unit] = minutes < 60 ? [minutes, "minute"] : minutes < 1440 ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1440), "day"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value);
}

// The administration's time, wherever whoever reads is; written as on the other pages of the desk.
const timeZone = document.getElementById("console")?.dataset.zone;

/** The time of day of `at`, with the day where it is not today's: "14 h 05", "1er mars 2026 à 14 h 05". */
export function clock(at, language) {
  const date = new Date(at);
  const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(date);
  const time = language === "fr" ? hours.replace(":", "\u00a0h\u00a0") : hours;
  const day = new Intl.DateTimeFormat(language === "fr" ? "fr" : "en-GB", { day: "numeric", month: "long", year: "numeric", timeZone });
  const said = day.format(date);
  if (said === day.format(new Date())) return time;
  return language === "fr" ? `${said.replace(/^1 /, "1er ")} à ${time}` : `${said}, ${time}`;
}
