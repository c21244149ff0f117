// Makes elements with text nodes only (the widget's `h`). No markup is parsed, so a citizen's text cannot become code.
export { fill, h } from "/widget/desk/dom.js";

export const $ = (id) => document.getElementById(id);

/** Returns a function that calls `work` once it has not been called itself for `milliseconds`. */
export function debounced(work, milliseconds) {
  let timer;
  return (...parameters) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...parameters), milliseconds);
  };
}

/** Returns how long ago `at` was, in `language`: "3 min", "2 h". */
export function since(at, language) {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(at)) / 60_000));
  const [value, unit] = minutes < 60 ? [minutes, "minute"] : minutes < 1440 ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1440), "day"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value);
}

// Times are the administration's, wherever the reader is, and are written as on the other pages of the desk.
const timeZone = document.getElementById("console")?.dataset.zone;

/** Returns the time of day of `at`, with the date unless it is today: "14 h 05", "1er mars 2026 à 14 h 05". */
export function clock(at, language) {
  const date = new Date(at);
  const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(date);
  const time = language === "fr" ? hours.replace(":", "\u00a0h\u00a0") : hours;
  const day = new Intl.DateTimeFormat(language === "fr" ? "fr" : "en-GB", { day: "numeric", month: "long", year: "numeric", timeZone });
  const written = day.format(date);
  if (written === day.format(new Date())) return time;
  return language === "fr" ? `${written.replace(/^1 /, "1er ")} à ${time}` : `${written}, ${time}`;
}
