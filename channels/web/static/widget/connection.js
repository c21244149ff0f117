// The line to the gateway: a WebSocket, or server-sent events read by fetch where sockets do not pass. It is kept up by
// itself: back-off with jitter, resumption after the last reply seen, and every unacknowledged message sent again with the
// id it has, which the gateway applies once. What the gateway takes no more of for now is held, and sent in its order.
import { ApiError } from "./api.js";
import { readEvents, readSocket } from "./streams.js";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const FLOOD_DELAY = 5_000;
const HELD_DELAY = 10_000; // a message that was one too many is tried again then, or as soon as another one is answered

export class Connection {
  held = false; // whether messages wait here because too many wait at the gateway
  #attempts = 0;
  #socketFailures = 0;
  #line = null; // the open stream: {send(message), close(), mode}
  #timer;
  #again; // the timer of what is held
  #stopped = true;
  #connecting = false;

  /**
   * `client` is the conversation: token(), after() (last seq seen), outbox() (messages not acknowledged), and
   * receive(frame), refused(id, error), later() (what is not acknowledged is held), gone() (the token is worth nothing),
   * line(up) told whether the line is up.
   */
  constructor(api, client) {
    this.api = api;
    this.client = client;
    addEventListener("online", () => this.#now());
    addEventListener("offline", () => this.#lost());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#now());
  }

  start() {
    this.#stopped = false;
    if (!this.#line) this.#connect();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#release();
    this.#line?.close();
    this.#line = null;
  }

  /** Sends now if the line is up and nothing is held; else the message waits in the outbox, behind the others. */
  send(message) {
    if (this.held) this.client.later();
    else if (this.#line) this.#line.send(message);
    else this.start();
  }

  /** Something that may be lost: that the citizen writes, or what they saw. */
  hint(frame) {
    this.#line?.hint?.(frame);
  }

  #now() {
    if (this.#stopped || this.#line) return;
    clearTimeout(this.#timer);
    this.#attempts = 0;
    this.#connect();
  }

  async #connect() {
    clearTimeout(this.#timer); // who writes while the line is down does not wait for the next try, which is then over
    if (this.#connecting || this.#line) return;
    this.#connecting = true;
    const mode = this.#socketFailures < 2 ? "socket" : "events";
    const open = mode === "socket" ? readSocket : readEvents;
    try {
      const line = await open(this.api, this.client, (frame) => this.#receive(frame), (code) => this.#lost(code));
      if (this.#stopped) return line.close();
      this.#line = line;
      this.#attempts = 0;
      this.#socketFailures = 0;
      if (mode === "events") this.#socketFailures = 2; // stay with what works
      this.client.line(true);
      if (this.held) this.#next();
      else for (const message of this.client.outbox()) line.send(message);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return this.client.gone();
      // Without any answer the network is at fault, not the socket; events are tried in turn all the same.
      this.#socketFailures = mode === "socket" ? this.#socketFailures + 1 : 0;
      this.#lost(error.code);
    } finally {
      this.#connecting = false;
    }
  }

  #receive(frame) {
    if (frame.type === "later") return this.#hold();
    if (frame.type === "refused") this.client.refused(frame.id, frame.error);
    else this.client.receive(frame);
    if (this.held && ["accepted", "refused", "reply"].includes(frame.type)) this.#next();
  }

  #hold() {
    this.held = true;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#next(), HELD_DELAY);
    this.client.later();
  }

  /** The first message that is held, once there may be room for it: one at a time, so that they keep their order. */
  #next() {
    const [message] = this.client.outbox();
    if (message) this.#line?.send(message);
    else this.#release();
  }

  #release() {
    this.held = false;
    clearTimeout(this.#again);
  }

  #lost(code) {
    this.#line?.close();
    this.#line = null;
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    if (code === 4401) return this.client.gone();
    this.client.line(false);
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempts++) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#connect(), code === 1008 ? Math.max(delay, FLOOD_DELAY) : delay);
  }
}
