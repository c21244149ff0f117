// Where the citizen of the preview is: the section that their question finds, and the cases that they took since.

/** `walk.fields` goes with the preview's request; `changed()` is called after each step. `place` holds the select and the trail. */
export function makeWalk(place, changed) {
  const select = place.querySelector("select");
  const trail = place.querySelector("ol");
  const again = place.querySelector("button");
  let taken = []; // {address, label}, outermost first
  let whole = "";
  let page = 0;
  let start = 0;
  let offered = []; // [order, headings] of each passage that a walk can begin at
  let wanted; // the headings of the part that is being written, until they are offered

  function tell() {
    trail.replaceChildren(...taken.map(({ label }) => Object.assign(document.createElement("li"), { textContent: label })));
    again.hidden = taken.length === 0 && !whole;
    changed();
  }

  function restart() {
    [taken, whole, page] = [[], "", 0];
    tell();
  }

  function follow() {
    const found = wanted && offered.find(([, headings]) => wanted.every((heading, depth) => headings[depth] === heading));
    if (!found) return;
    wanted = undefined;
    if (found[0] === start) return;
    start = found[0];
    select.value = String(start);
    restart();
  }

  select.addEventListener("change", () => {
    wanted = undefined;
    start = Number(select.value);
    restart();
  });
  again.addEventListener("click", () => {
    restart();
    select.focus(); // the button is gone
  });

  return {
    get fields() {
      return { start, chosen: taken.map(({ address }) => address), whole, page };
    },
    /** A button of the widget was pressed. */
    press(payload, label) {
      const [what, value] = payload.split(" ");
      if (what === "case") taken.push({ address: value, label });
      else if (what === "back") taken.pop();
      whole = what === "fork" ? value : "";
      page = what === "page" ? Number(value) : 0;
      tell();
    },
    /** Begins at the part under `headings`, as soon as a question can lead there. */
    follow(headings) {
      wanted = headings;
      follow();
    },
    offer(starts) {
      offered = starts;
      const wanted = starts.map(([order, headings]) => new Option(headings.join(" › ") || place.dataset.top, order));
      const [was, now] = [[...select.options], wanted].map((some) => some.map(({ value, text }) => `${value} ${text}`).join("\n"));
      if (was !== now) {
        select.replaceChildren(...wanted);
        if (!wanted.some(({ value }) => Number(value) === start)) start = 0;
        select.value = String(start);
      }
      place.hidden = starts.length === 0;
      follow();
    },
  };
}
