// What calls a supervisor: a number in the page's title, a sentence for screen readers, a sound where it is wanted.
import { ring } from "/desk/static/desk/ring.js";
import { $, fill } from "./dom.js";

export class Attention {
  #title = document.title;
  #before = null; // ids that wait, those of them in danger, those handed to us, and what was unread
  #taken = new Set(); // what was taken on this screen: nobody has handed it over

  /** `given`: {words, me}. */
  constructor(given) {
    Object.assign(this, given);
  }

  /** The handoff `id` was taken here. */
  took(id) {
    this.#taken.add(id);
  }

  /** Told of all rows whenever any changed. */
  look(rows) {
    // Whoever says that they are in danger calls for somebody, even if they did not ask for one.
    const alerts = new Set(rows.filter(({ state, alert }) => alert && state !== "claimed").map(({ id }) => id));
    const asking = rows.filter(({ state }) => state === "waiting").map(({ id }) => id);
    const waiting = new Set([...alerts, ...asking]);
    const mine = new Set(rows.filter(({ state, owner }) => state === "claimed" && owner === this.me).map(({ id }) => id));
    const unread = rows.filter(({ owner }) => owner === this.me).reduce((sum, row) => sum + row.unread, 0);
    const count = waiting.size + unread;
    document.title = count ? `(${count}) ${this.#title}` : this.#title;
    if (this.#before) {
      const fresh = (now, before) => [...now].some((id) => !before.has(id));
      const alerted = fresh(alerts, this.#before.alerts);
      const arrived = alerted || fresh(waiting, this.#before.waiting);
      const handed = [...mine].some((id) => !this.#before.mine.has(id) && !this.#taken.has(id));
      if (arrived) $("told").textContent = fill(alerted ? this.words.alerted : this.words.arrived, { count: waiting.size });
      else if (handed) $("told").textContent = this.words.handed_to_you;
      if ((arrived || handed || unread > this.#before.unread) && $("sounds").checked) ring(alerted ? 3 : 1);
    }
    this.#before = { waiting, alerts, mine, unread };
  }
}

/** A preference of this browser; where storage is forbidden there is none. */
export function stored(name) {
  try {
    return localStorage.getItem(`guichet-console:${name}`);
  } catch {
    return null;
  }
}

export function store(name, value) {
  try {
    localStorage.setItem(`guichet-console:${name}`, value);
  } catch {
    return; // it lasts as long as the page
  }
}
