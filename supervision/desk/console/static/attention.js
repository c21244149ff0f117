// What calls a supervisor: a number in the page's title, a sentence for screen readers, a sound where it is wanted.
import { $, fill } from "./dom.js";

const LENGTH = 0.18; // seconds

export class Attention {
  #title = document.title;
  #before = null; // ids that wait, those of them in danger, and what was unread
  #audio = null;

  /** `given`: {words, me}. */
  constructor(given) {
    Object.assign(this, given);
    $("sounds").checked = stored("sounds") === "1";
    $("sounds").addEventListener("change", () => {
      store("sounds", $("sounds").checked ? "1" : "0");
      if ($("sounds").checked) this.#ring();
    });
  }

  /** Told of all rows whenever any changed. */
  look(rows) {
    // Whoever says that they are in danger calls for somebody, even if they did not ask for one.
    const alerts = new Set(rows.filter(({ state, alert }) => alert && state !== "claimed").map(({ id }) => id));
    const asking = rows.filter(({ state, kind }) => state === "waiting" && kind !== "call_back").map(({ id }) => id);
    const waiting = new Set([...alerts, ...asking]);
    const unread = rows.filter(({ owner }) => owner === this.me).reduce((sum, row) => sum + row.unread, 0);
    const count = waiting.size + unread;
    document.title = count ? `(${count}) ${this.#title}` : this.#title;
    if (this.#before) {
      const fresh = (now, before) => [...now].some((id) => !before.has(id));
      const alerted = fresh(alerts, this.#before.alerts);
      const arrived = alerted || fresh(waiting, this.#before.waiting);
      if (arrived) $("told").textContent = fill(alerted ? this.words.alerted : this.words.arrived, { count: waiting.size });
      if ((arrived || unread > this.#before.unread) && $("sounds").checked) this.#ring(alerted ? 3 : 1);
    }
    this.#before = { waiting, alerts, unread };
  }

  #ring(times = 1) {
    this.#audio ??= new AudioContext();
    for (let time = 0; time < times; time++) this.#tone(this.#audio.currentTime + 1.5 * LENGTH * time);
  }

  #tone(start) {
    const tone = this.#audio.createOscillator();
    const volume = this.#audio.createGain();
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.12, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
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
