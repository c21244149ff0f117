// Drafts of each conversation: texts that are not sent yet. None may be lost, or reach another citizen. They are kept in this tab
// only, so that a reloaded page (after the end of a session, or F5) has them again. They disappear with the tab.

export const SIDE_FIELDS = ["note", "label", "summary", "why"]; // the other fields that each conversation has besides the reply
const FIELDS = ["text", ...SIDE_FIELDS];
const EMPTY = Object.freeze({ ...Object.fromEntries(FIELDS.map((name) => [name, ""])), card: null, tried: null });

export class Drafts {
  #key;
  #drafts; // handoff → the fields that differ from EMPTY

  /** `me`: the staff id, so that the next person who signs in in this tab does not get these drafts. */
  constructor(me) {
    this.#key = `guichet-console:drafts:${me}`;
    this.#drafts = new Map(Object.entries(read(this.#key)));
  }

  of(handoff) {
    return { ...EMPTY, ...this.#drafts.get(handoff) };
  }

  set(handoff, changes) {
    const draft = { ...this.of(handoff), ...changes };
    const kept = Object.entries(draft).filter(([, value]) => value);
    if (kept.length) this.#drafts.set(handoff, Object.fromEntries(kept));
    else this.#drafts.delete(handoff);
    write(this.#key, Object.fromEntries(this.#drafts));
  }

  /** Puts back a text that could not be sent, before the text written since. */
  restore(handoff, name, text) {
    this.set(handoff, { [name]: [text, this.of(handoff)[name]].filter(Boolean).join("\n") });
  }

  drop(handoff) {
    this.set(handoff, EMPTY);
  }
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function write(key, drafts) {
  try {
    sessionStorage.setItem(key, JSON.stringify(drafts));
  } catch {
    return; // storage is forbidden: the drafts last as long as the page
  }
}
