// Draws a supervisor's attention: a number in the page's title, a sentence for screen readers, a sound if it is switched on.
import { ring } from "/desk/static/desk/ring.js";
import { $, fill } from "./dom.js";

export class Attention {
  #title = document.title;
  #before = null; // the last state: ids that wait, ids in danger, ids of our own, and the number of unread messages
  #claimed = new Set(); // ids claimed on this screen: they were not handed over by a colleague

  /** `options`: {words, me}. */
  constructor(options) {
    Object.assign(this, options);
  }

  /** Notes that the handoff `id` was claimed here. */
  markClaimed(id) {
    this.#claimed.add(id);
  }

  /** Compares all rows with the ones before. Called whenever one changes. */
  update(rows) {
    // A citizen in danger counts as waiting, even without a request for a human.
    const alerts = new Set(rows.filter(({ state, alert }) => alert && state !== "claimed").map(({ id }) => id));
    const requests = rows.filter(({ state }) => state === "waiting").map(({ id }) => id);
    const waiting = new Set([...alerts, ...requests]);
    const mine = new Set(rows.filter(({ state, owner }) => state === "claimed" && owner === this.me).map(({ id }) => id));
    const unread = rows.filter(({ owner }) => owner === this.me).reduce((sum, row) => sum + row.unread, 0);
    const count = waiting.size + unread;
    document.title = count ? `(${count}) ${this.#title}` : this.#title;
    if (this.#before) {
      const hasNew = (now, before) => [...now].some((id) => !before.has(id));
      const alerted = hasNew(alerts, this.#before.alerts);
      const arrived = alerted || hasNew(waiting, this.#before.waiting);
      const handed = [...mine].some((id) => !this.#before.mine.has(id) && !this.#claimed.has(id));
      if (arrived) $("told").textContent = fill(alerted ? this.words.alerted : this.words.arrived, { count: waiting.size });
      else if (handed) $("told").textContent = this.words.handed_to_you;
      if ((arrived || handed || unread > this.#before.unread) && $("sounds").checked) ring(alerted ? 3 : 1);
    }
    this.#before = { waiting, alerts, mine, unread };
  }
}

/** Returns a preference kept in this browser; `null` where storage is forbidden. */
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
    return; // storage is forbidden: the preference lasts as long as the page
  }
}
