// What calls a supervisor: a number in the page's title, a sentence for screen readers, a sound where it is wanted.
import { $, fill } from "./dom.js";

const LENGTH = 0.18; // seconds

export class Attention {
  #title = document.title;
  #before = null; // ids that wait, and what was unread
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
    const waiting = new Set(rows.filter(({ state, kind }) => state === "waiting" && kind !== "call_back").map(({ id }) => id));
    const unread = rows.filter(({ owner }) => owner === this.me).reduce((sum, row) => sum + row.unread, 0);
    const count = waiting.size + unread;
    document.title = count ? `(${count}) ${this.#title}` : this.#title;
    if (this.#before) {
      const arrived = [...waiting].filter((id) => !this.#before.waiting.has(id)).length;
      if (arrived) $("told").textContent = fill(this.words.arrived, { count: waiting.size });
      if ((arrived || unread > this.#before.unread) && $("sounds").checked) this.#ring();
    }
    this.#before = { waiting, unread };
  }

  #ring() {
    this.#audio ??= new AudioContext();
    const tone = this.#audio.createOscillator();
    const volume = this.#audio.createGain();
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.12, this.#audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, this.#audio.currentTime + LENGTH);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start();
    tone.stop(this.#audio.currentTime + LENGTH);
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
