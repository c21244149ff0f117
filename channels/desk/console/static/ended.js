// What is over: found again by words, and opened like any other.
import { api } from "/desk/static/desk/api.js";
import { $, settled } from "./dom.js";

export class Ended {
  #asked = 0;

  /** `given`: {list, words}. */
  constructor(given) {
    Object.assign(this, given);
    $("ended-search").addEventListener("input", settled(() => this.load(), 250));
  }

  /** Shows or hides the search, as the list's filter says. */
  show() {
    const wanted = this.list.filter === "ended";
    $("ended").hidden = !wanted;
    if (wanted) this.load();
    else this.list.show();
  }

  async load() {
    const asked = ++this.#asked;
    const words = $("ended-search").value.trim().slice(0, 200);
    let told = "";
    let rows = [];
    try {
      rows = await api("GET", `/api/desk/console/handoffs/ended?words=${encodeURIComponent(words)}`);
      if (!rows.length) told = this.words.ended_none;
    } catch (error) {
      told = error.detail || this.words.unreachable;
    }
    if (asked !== this.#asked) return;
    $("ended-told").textContent = told;
    this.list.ended = rows;
    this.list.show();
  }
}
