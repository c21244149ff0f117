// What is over: found again by words, and opened like any other.
import { api } from "/desk/static/desk/api.js";
import { $, fill, settled } from "./dom.js";

const AT_ONCE = 50;
const MOST = 500; // what the gateway gives at once; words find what is older

export class Ended {
  #asked = 0;
  #most = AT_ONCE;

  /** `given`: {list, words}. */
  constructor(given) {
    Object.assign(this, given);
    $("ended-search").addEventListener("input", settled(() => this.load(AT_ONCE), 250));
  }

  /** Shows or hides the search, as the list's filter says. */
  show() {
    const wanted = this.list.filter === "ended";
    $("ended").hidden = !wanted;
    if (wanted) this.load();
    else this.list.show();
    if (!wanted) $("ended-more").hidden = true;
  }

  more() {
    this.load(Math.min(this.#most * 2, MOST));
  }

  async load(most = this.#most) {
    this.#most = most;
    const asked = ++this.#asked;
    const words = $("ended-search").value.trim().slice(0, 200);
    let told = "";
    let rows = [];
    try {
      // One more than is shown tells whether there is another.
      rows = await api("GET", `/api/desk/console/handoffs/ended?limit=${Math.min(most + 1, MOST)}&words=${encodeURIComponent(words)}`);
      if (!rows.length) told = this.words.ended_none;
    } catch (error) {
      told = error.detail || this.words.unreachable;
    }
    if (asked !== this.#asked) return;
    $("ended-told").textContent = told;
    const all = rows.length <= most;
    rows = rows.slice(0, most);
    $("ended-more").hidden = all;
    if (!told && !(all && most < MOST)) $("ended-told").textContent = fill(this.words.ended_last, { count: rows.length });
    this.list.ended = rows;
    this.list.show();
  }
}
