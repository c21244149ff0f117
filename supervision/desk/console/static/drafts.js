// What was begun for each conversation and is not sent: none of it may be lost, nor reach another citizen. It is kept in this tab
// only, so that a page that is loaded anew (a session that ended, F5) has it again, and goes with the tab.

export const BESIDE = ["note", "label", "summary", "why"]; // fields that stand beside the reply, for each conversation, too
const FIELDS = ["text", ...BESIDE];
const EMPTY = Object.freeze({ ...Object.fromEntries(FIELDS.map((name) => [name, ""])), card: null, tried: null });

export class Drafts {
  #place;
  #all; // handoff → what differs from EMPTY

  /** `me`: the staff id; whoever signs in after them in this tab gets nothing of theirs. */
  constructor(me) {
    this.#place = `guichet-console:drafts:${me}`;
    this.#all = new Map(Object.entries(read(this.#place)));
  }

  of(handoff) {
    return { ...EMPTY, ...this.#all.get(handoff) };
  }

  set(handoff, changes) {
    const draft = { ...this.of(handoff), ...changes };
    const kept = Object.entries(draft).filter(([, value]) => value);
    if (kept.length) this.#all.set(handoff, Object.fromEntries(kept));
    else this.#all.delete(handoff);
    write(this.#place, Object.fromEntries(this.#all));
  }

  /** Puts back what could not be sent, before what was written since. */
  again(handoff, name, text) {
    this.set(handoff, { [name]: [text, this.of(handoff)[name]].filter(Boolean).join("\n") });
  }

  drop(handoff) {
    this.set(handoff, EMPTY);
  }
}

function read(place) {
  try {
    return JSON.parse(sessionStorage.getItem(place)) ?? {};
  } catch {
    return {};
  }
}

function write(place, all) {
  try {
    sessionStorage.setItem(place, JSON.stringify(all));
  } catch {
    return; // it lasts as long as the page
  }
}
