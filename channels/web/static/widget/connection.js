// The line to the gateway: a WebSocket, or server-sent events read by fetch where sockets do not pass. It is kept up by
// itself: back-off with jitter, resumption after the last reply seen, and every unacknowledged message sent again with the
// id it has, which the gateway applies once.
import { ApiError } from "./api.js";
import { readEvents, readSocket } from "./streams.js";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const FLOOD_DELAY = 5_000;

export class Connection {
  #attempts = 0;
  #socketFailures = 0;
  #line = null; // the open stream: {send(message), close(), mode}
  #timer;
  #stopped = true;
  #connecting = false;

  /**
   * `client` is the conversation: token(), after() (last seq seen), outbox() (messages not acknowledged), and
   * receive(frame), refused(id, error), gone() (the token is worth nothing), line(up) told whether the line is up.
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
    this.#line?.close();
    this.#line = null;
  }

  /** Sends now if the line is up; else the message waits in the outbox for the next one. */
  send(message) {
    if (this.#line) this.#line.send(message);
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
      for (const message of this.client.outbox()) line.send(message);
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
    if (frame.type === "refused") this.client.refused(frame.id, frame.error);
    else this.client.receive(frame);
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
