// The outline at the left: the parts of an entry, of which the page shows one at a time, or all.

const HOLDER = '.node:is([data-kind="chapter"], [data-kind="case"])'; // what the outline names; a fork shows its cases by itself
const WITHIN = [":scope > .body", ':scope > .body > [data-kind="cases"] > .body'].map((list) => `${list} > ${HOLDER}`).join();
const NARROW = matchMedia("(max-width: 64rem)");

/** `opened(headings)` is called with the headings that lead to the part of the text that is shown. */
export function makeOutline(form, words, opened) {
  const nav = document.getElementById("outline");
  const box = nav.closest("details");
  const tree = form.querySelector(".tree");
  const trail = form.querySelector(".trail");
  const whole = document.getElementById("whole");
  const panels = [...form.querySelectorAll(".panel")];
  const body = tree.closest(".panel");
  const [before, after] = ["part-before", "part-after"].map((id) => document.getElementById(id));
  const kept = `guichet-desk:part:${location.pathname}`;
  let panel = panels[0];
  let chain = []; // the holders that are open, innermost first

  const inside = (node) => [...node.querySelectorAll(WITHIN)];

  /** Shows the part that `element` is in. */
  function show(element) {
    panel = element.closest(".panel") ?? panel;
    const node = element.closest(HOLDER);
    chain = node ? [node, ...above(node)] : [];
    refresh();
    if (panel === body || panel === panels[0]) opened(headings());
  }

  /** Shows a part that was chosen, and takes the reader there. */
  function open(element) {
    show(element);
    if (NARROW.matches) box.open = false;
    const place = chain[0] ?? panel;
    place.focus({ preventScroll: true });
    const { top } = panel.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) panel.scrollIntoView();
    if (!NARROW.matches) nav.querySelector("[aria-current]").scrollIntoView({ block: "nearest" });
  }

  /** Draws the outline again, after a change of the tree or of a name. */
  function refresh() {
    const [shown] = chain;
    while (chain.length && !tree.contains(chain[0])) chain.shift(); // a part that was removed
    if (chain[0] !== shown) return show(chain[0] ?? body);
    chain = chain[0] ? [chain[0], ...above(chain[0])] : []; // a part that was moved
    for (const one of panels) one.classList.toggle("open", one === panel);
    for (const one of tree.querySelectorAll(".here, .passed")) one.classList.remove("here", "passed");
    chain[0]?.classList.add("here");
    for (const node of chain[0] ? above(chain[0], ".node") : []) node.classList.add("passed");
    tree.classList.toggle("inside", chain.length > 0);
    for (const link of nav.querySelectorAll(":scope > li > a")) mark(link, link.hash === `#${panel.id}` && !chain.length);
    nav.querySelector("ul")?.remove();
    const item = nav.querySelector(`a[href="#${body.id}"]`).parentElement;
    if (inside(tree).length) item.append(list(inside(tree)));
    document.getElementById("where").textContent = chain[0] ? name(chain[0]) : title(panel);
    trail.replaceChildren(...(chain.length ? [[title(body), body], ...above(chain[0]).reverse().map((node) => [name(node), node])] : []).map(crumb));
    const all = order();
    const at = all.indexOf(chain[0] ?? panel);
    [before.disabled, after.disabled] = [at === 0, at === all.length - 1];
    remember([panel.id, ...address()]);
  }

  function above(node, kind = HOLDER) {
    const up = node.parentElement.closest(kind);
    return up ? [up, ...above(up, kind)] : [];
  }

  function list(nodes) {
    const made = document.createElement("ul");
    made.append(
      ...nodes.map((node) => {
        const line = document.createElement("li");
        line.append(button(name(node), node));
        mark(line.firstChild, node === chain[0]);
        if (chain.includes(node) && inside(node).length) line.append(list(inside(node)));
        return line;
      }),
    );
    return made;
  }

  function crumb([text, place]) {
    const line = document.createElement("li");
    line.append(button(text, place));
    return line;
  }

  function button(text, place) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    made.addEventListener("click", () => open(place));
    return made;
  }

  const mark = (link, current) => (current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));
  const title = (one) => one.querySelector("h2").textContent;
  const own = (node) => node.querySelector(":scope > .line input").value.trim();
  const name = (node) => own(node) || words.unnamed;
  const headings = () => chain.filter((node) => node.dataset.kind === "chapter").map(own).reverse();
  const order = () => panels.flatMap((one) => (one === body ? [body, ...tree.querySelectorAll(HOLDER)] : [one]));

  function address() {
    if (!chain.length) return [];
    return [chain[0], ...above(chain[0], ".node")].map((node) => [...node.parentElement.children].indexOf(node)).reverse();
  }

  function step(by) {
    const all = order();
    open(all[all.indexOf(chain[0] ?? panel) + by]);
  }

  before.addEventListener("click", () => step(-1));
  after.addEventListener("click", () => step(1));
  whole.addEventListener("click", () => {
    const one = form.classList.toggle("one-part");
    whole.setAttribute("aria-pressed", String(!one));
  });
  tree.addEventListener("click", ({ target }) => {
    const node = target.closest('[data-do="open"]')?.closest(".node");
    if (node) open(node);
  });
  // Links to a part or a field (of the outline, of an error) show it first.
  document.addEventListener("click", (event) => {
    const target = event.target.closest('a[href^="#"]') && document.getElementById(event.target.closest("a").hash.slice(1));
    if (!target || !form.contains(target)) return;
    event.preventDefault();
    open(target);
    if (target.matches("input, textarea")) target.focus();
  });

  /** The part to begin with: that of a field that is wrong or linked to, else the one of the last time. */
  function first() {
    const wrong = document.querySelector('.error a[href^="#"]')?.hash || location.hash;
    const target = wrong && document.getElementById(wrong.slice(1));
    if (target && form.contains(target)) return target;
    const [id, ...indexes] = remembered();
    let place = panels.find((one) => one.id === id) ?? panels[0];
    if (place !== body) return place;
    place = tree;
    for (const index of indexes) place = place.querySelector(":scope > .body").children[index] ?? place;
    return place;
  }

  // Without a place to keep it, a page begins with its first part.
  function remember(part) {
    try {
      sessionStorage.setItem(kept, JSON.stringify(part));
    } catch {
      return;
    }
  }

  function remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(kept)) ?? [];
    } catch {
      return [];
    }
  }

  box.open = !NARROW.matches;
  NARROW.addEventListener("change", () => (box.open = !NARROW.matches));
  form.classList.add("one-part");
  show(first());
  return { show, open, refresh };
}
