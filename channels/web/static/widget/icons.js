// The icons of the panel: paths on a square of 24, in the colour of the text. They are decoration: each has words beside it.
const PATHS = {
  yes: "M7 11v9H4v-9zM7 11l4-8c1.5 0 2.5 1 2.3 2.6L12.8 9H19a1.6 1.6 0 0 1 1.6 2l-1.6 7.4A2 2 0 0 1 17 20H7",
  no: "M7 13V4H4v9zM7 13l4 8c1.5 0 2.5-1 2.3-2.6l-.5-3.4H19a1.6 1.6 0 0 0 1.6-2L19 5.6A2 2 0 0 0 17 4H7",
  print: "M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z",
  copy: "M9 8h11v13H9zM15 8V3H4v13h5",
  phone: "M7 2h10v20H7zM11 18.5h2",
  aloud: "M4 9v6h4l5 4V5L8 9zM16.5 8.5a5 5 0 0 1 0 7M19 6a9 9 0 0 1 0 12",
  stop: "M7 7h10v10H7z",
  out: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  world: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c-5 5.5-5 12.5 0 18M12 3c5 5.5 5 12.5 0 18",
  warning: "M12 4 2.5 20h19zM12 10v5M12 17.5v.5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 21c.5-5 3.5-7 7.5-7s7 2 7.5 7",
};
const SVG = "http://www.w3.org/2000/svg";

/** Returns an icon that is hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of [["class", "icon"], ["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["focusable", "false"]])
    svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
