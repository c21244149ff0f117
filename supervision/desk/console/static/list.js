// The list of handoffs, the most urgent first.
import { clock, fill, h, since } from "./dom.js";

const STATES = { claimed: 0, waiting: 1, offline: 2, flagged: 3 };

export class List {
  rows = new Map();
  ended = []; // shown instead of the rows with the filter "ended"
  current = null;

  /** `options`: {root, words, language, me, teams, choose(id)}. */
  constructor(options) {
    Object.assign(this, options);
    this.filter = "all";
    this.kept = new Map(); // id → { key, item }: elements stay in the page, or a click on one would be lost
    setInterval(() => this.show(), 20_000); // the waiting times change
  }

  update({ rows, changed = [], gone = [] }) {
    if (rows) this.rows = new Map(rows.map((row) => [row.id, row]));
    for (const row of changed) this.rows.set(row.id, row);
    for (const id of gone) this.rows.delete(id);
    this.show();
  }

  /** Returns the rows: alerts first, then claimed, waiting, offline, flagged; in each group the longest waiting first. */
  sorted() {
    const key = (row) => [row.alert ? 0 : 1, STATES[row.state] ?? 4, row.waiting_since ?? row.created_at];
    const wanted = [...this.rows.values()].filter((row) => this.filter === "all" || this.#isOurs(row));
    return wanted.sort((a, b) => compare(key(a), key(b)));
  }

  groups() {
    if (this.filter === "ended") return [["ended", this.ended]];
    const mine = (row) => row.state === "claimed" && row.owner === this.me;
    const rows = this.sorted();
    const waiting = rows.filter((row) => row.state !== "claimed");
    return [
      ["mine", rows.filter(mine)],
      ["waiting", waiting.filter((row) => !isTrial(row))],
      ["others", rows.filter((row) => row.state === "claimed" && !mine(row))],
      ["trials", waiting.filter(isTrial)], // last: a hundred of them would bury a citizen
    ];
  }

  /** Returns the ids from top to bottom; without ``trials``, those of citizens only. */
  order = ({ trials = true } = {}) =>
    this.groups().flatMap(([, rows]) => rows.filter((row) => trials || !isTrial(row)).map((row) => row.id));

  show() {
    const focused = document.activeElement?.closest?.("[data-id]")?.dataset.id;
    const { words } = this;
    const groups = this.groups().filter(([, rows]) => rows.length);
    const before = this.kept;
    this.kept = new Map();
    arrange(
      this.root,
      groups.flatMap(([name, rows]) => {
        const list = document.querySelector(`[aria-labelledby="group-${name}"]`);
        const shown = list ?? h("ul", { class: "rows", "aria-labelledby": `group-${name}` });
        const head = document.getElementById(`group-${name}`) ?? h("h2", { id: `group-${name}` });
        head.textContent = `${words[`group_${name}`]} (${rows.length})`;
        arrange(shown, rows.map((row) => this.#item(row, before)));
        return [head, shown];
      }),
    );
    if (focused) this.root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  #isOurs = (row) => !row.team || this.teams.length === 0 || this.teams.includes(row.team) || row.owner === this.me;

  #item(row, before) {
    const key = JSON.stringify([row, since(row.waiting_since ?? row.created_at, this.language), this.current === row.id]);
    const old = before.get(row.id);
    const item = old?.item ?? h("li", {}, this.#row(row));
    if (old && old.key !== key) renew(item.firstElementChild, this.#row(row));
    this.kept.set(row.id, { key, item });
    return item;
  }

  #row(row) {
    const { words, language } = this;
    const waits = since(row.waiting_since ?? row.created_at, language);
    const details = [
      words[`channel_${row.channel}`],
      row.language.toUpperCase(),
      row.kind === "chat" ? null : words[row.kind],
      row.closed_at
        ? [words[`state_${row.state}`], clock(row.closed_at, language), row.owner_name].filter(Boolean).join(" · ")
        : row.state === "claimed" ? row.owner_name : fill(words[`since_${row.state}`], { time: waits }),
      row.best_time || null,
      row.team || null,
      isTrial(row) ? words.trial : null,
    ];
    return h(
      "button",
      {
        type: "button",
        class: `row${row.alert ? " alert" : ""}`,
        "data-id": row.id,
        "aria-current": this.current === row.id ? "true" : null,
        onclick: () => this.choose(row.id),
      },
      h(
        "span",
        { class: "what" },
        row.alert && h("span", { class: "badge bad" }, words.alert),
        row.unread > 0 && h("span", { class: "badge new" }, fill(words.unread, { count: row.unread })),
        row.subject || words.no_subject,
      ),
      h("span", { class: "how", title: [row.subject, ...details].filter(Boolean).join(" · ") }, details.filter(Boolean).join(" · ")),
    );
  }
}

/** Decides whether nobody waits for an answer to `row`: it comes from the simulator, from the terminal or from a test. */
export const isTrial = (row) => row.origin !== "citizen";

function compare(a, b) {
  for (const [index, value] of a.entries()) if (value !== b[index]) return value < b[index] ? -1 : 1;
  return 0;
}

/** Makes `nodes` the children of `parent`, and does not move those that are in their place. */
function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...parent.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, index) => parent.children[index] !== node && parent.insertBefore(node, parent.children[index] ?? null));
}

/** Copies the content of `fresh` into `button`, which stays in the page: a click during the change is not lost. */
function renew(button, fresh) {
  button.className = fresh.className;
  if (fresh.hasAttribute("aria-current")) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  button.replaceChildren(...fresh.childNodes);
}
