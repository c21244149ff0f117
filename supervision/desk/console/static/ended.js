// Search in ended conversations. They open like any other.
import { api } from "/desk/static/desk/api.js";
import { $, fill, debounced } from "./dom.js";

const AT_ONCE = 50;
const MOST = 500; // returned by the gateway at a time; a search finds older ones

export class Ended {
  #requests = 0;
  #most = AT_ONCE;

  /** `options`: {list, words}. */
  constructor(options) {
    Object.assign(this, options);
    $("ended-search").addEventListener("input", debounced(() => this.load(AT_ONCE), 250));
  }

  /** Shows or hides the search, depending on the list's filter. */
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
    const request = ++this.#requests;
    const words = $("ended-search").value.trim().slice(0, 200);
    let message = "";
    let rows = [];
    try {
      // Asks for one more than it shows, to learn whether there is another.
      rows = await api("GET", `/api/desk/console/handoffs/ended?limit=${Math.min(most + 1, MOST)}&words=${encodeURIComponent(words)}`);
      if (!rows.length) message = this.words.ended_none;
    } catch (error) {
      message = error.detail || this.words.unreachable;
    }
    if (request !== this.#requests) return; // a later search has begun
    $("ended-told").textContent = message;
    const all = rows.length <= most;
    rows = rows.slice(0, most);
    $("ended-more").hidden = all;
    if (!message && !(all && most < MOST)) $("ended-told").textContent = fill(this.words.ended_last, { count: rows.length });
    this.list.ended = rows;
    this.list.show();
  }
}
