// What the browser keeps once the widget has been used: the conversation's token and the messages not yet acknowledged.
// localStorage, so that several tabs show one conversation; forgotten after a day without use, and by "start again".
const LIFE = 24 * 3600 * 1000;

export class Store {
  key;
  #memory = {}; // where storage is forbidden (a private window, a policy): as long as the page lives
  #openKey;

  constructor(base) {
    this.key = `guichet:${base}`;
    this.#openKey = `guichet:open:${base}`;
  }

  /** {token?, conversation?, language?, outbox: message[], rated: {reply id: true}, asked?, at?} */
  read() {
    const kept = this.#load();
    const fresh = kept.at && Date.now() - kept.at < LIFE ? kept : {};
    return { outbox: [], rated: {}, ...fresh };
  }

  /** Changes what is kept by `change(state)`, read anew each time since other tabs write it too. */
  update(change) {
    const state = this.read();
    change(state);
    state.at = Date.now();
    this.#memory = state;
    try {
      localStorage.setItem(this.key, JSON.stringify(state));
    } catch {
      // kept in memory only
    }
    return state;
  }

  clear() {
    this.#memory = {};
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }

  /** Remembers in this tab whether the widget is open, so that the next page of the site shows it as it was left. */
  setOpen(open) {
    try {
      if (open) sessionStorage.setItem(this.#openKey, "1");
      else sessionStorage.removeItem(this.#openKey);
    } catch {
      // the next page starts closed
    }
  }

  #load() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "{}");
    } catch {
      return this.#memory;
    }
  }
}
