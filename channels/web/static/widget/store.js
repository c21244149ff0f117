// The data that the browser stores once the widget was used: the conversation's token and unacknowledged messages. It is in
// localStorage, so that several tabs show one conversation, and is deleted after a day without use, or by "start again".
const LIFE = 24 * 3600 * 1000;

export class Store {
  key;
  #memory = {}; // if storage is forbidden (a private window, a policy): until the page is closed
  #openKey;

  constructor(base) {
    this.key = `guichet:${base}`;
    this.#openKey = `guichet:open:${base}`;
  }

  /** Returns {token?, conversation?, language?, outbox: message[], rated: {reply id: true}, asked?, at?} */
  read() {
    const kept = this.#load();
    const fresh = kept.at && Date.now() - kept.at < LIFE ? kept : {};
    return { outbox: [], rated: {}, ...fresh };
  }

  /** Changes the stored data by `change(state)`. It is read each time, because other tabs write it too. */
  update(change) {
    const state = this.read();
    change(state);
    state.at = Date.now();
    this.#memory = state;
    try {
      localStorage.setItem(this.key, JSON.stringify(state));
    } catch {
      // in memory only
    }
    return state;
  }

  clear() {
    this.#memory = {};
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was stored
    }
  }

  /** Stores in this tab whether the widget is open, so that the next page of the site opens it, too. */
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
