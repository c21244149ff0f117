// The connection to the gateway: a WebSocket, or server-sent events (read by fetch) where sockets are blocked. It reconnects
// by itself, with back-off and jitter, and resumes after the last reply seen. Unacknowledged messages are sent again with the
// same id, which the gateway applies once. Messages that are too many for now are held back, and sent later in their order.
import { ApiError } from "./api.js";
import { readEvents, readSocket } from "./streams.js";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const FLOOD_DELAY = 5_000;
const HELD_DELAY = 10_000; // until a held message is tried again, unless another one is answered before

export class Connection {
  held = false; // messages are held back, because too many wait at the gateway
  #attempts = 0;
  #socketFailures = 0;
  #stream = null; // the open stream: {send(message), hint?(frame), close()}
  #retryTimer;
  #heldTimer;
  #stopped = true;
  #connecting = false;

  /**
   * `client` is the conversation. It is asked for token(), after() (the last seq seen) and outbox() (unacknowledged messages).
   * It is informed by receive(frame), messageRefused(id, error), messagesHeld(), tokenRejected() and lineChanged(up).
   */
  constructor(api, client) {
    this.api = api;
    this.client = client;
    addEventListener("online", () => this.#reconnectNow());
    addEventListener("offline", () => this.#handleLoss());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#reconnectNow());
  }

  start() {
    this.#stopped = false;
    if (!this.#stream) this.#connect();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    this.#release();
    this.#stream?.close();
    this.#stream = null;
  }

  /** Sends the message if connected and nothing is held; otherwise it waits in the outbox, after the others. */
  send(message) {
    if (this.held) this.client.messagesHeld();
    else if (this.#stream) this.#stream.send(message);
    else this.start();
  }

  /** Sends a frame that may be lost: that the citizen types, or has seen replies. */
  hint(frame) {
    this.#stream?.hint?.(frame);
  }

  #reconnectNow() {
    if (this.#stopped || this.#stream) return;
    clearTimeout(this.#retryTimer);
    this.#attempts = 0;
    this.#connect();
  }

  async #connect() {
    clearTimeout(this.#retryTimer); // a new message connects at once, before the next scheduled attempt
    if (this.#connecting || this.#stream) return;
    this.#connecting = true;
    const mode = this.#socketFailures < 2 ? "socket" : "events";
    const open = mode === "socket" ? readSocket : readEvents;
    try {
      const stream = await open(this.api, this.client, (frame) => this.#receive(frame), (code) => this.#handleLoss(code));
      if (this.#stopped) return stream.close();
      this.#stream = stream;
      this.#attempts = 0;
      this.#socketFailures = mode === "events" ? 2 : 0; // with 2, no socket is tried again
      this.client.lineChanged(true);
      if (this.held) this.#sendNextHeld();
      else for (const message of this.client.outbox()) stream.send(message);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return this.client.tokenRejected();
      // The network may be down, not the socket: the two ways are tried in turn.
      this.#socketFailures = mode === "socket" ? this.#socketFailures + 1 : 0;
      this.#handleLoss(error.code);
    } finally {
      this.#connecting = false;
    }
  }

  #receive(frame) {
    if (frame.type === "later") return this.#hold();
    if (frame.type === "refused") this.client.messageRefused(frame.id, frame.error);
    else this.client.receive(frame);
    if (this.held && ["accepted", "refused", "reply"].includes(frame.type)) this.#sendNextHeld();
  }

  #hold() {
    this.held = true;
    clearTimeout(this.#heldTimer);
    this.#heldTimer = setTimeout(() => this.#sendNextHeld(), HELD_DELAY);
    this.client.messagesHeld();
  }

  /** Sends the first held message. One at a time, so that they keep their order. */
  #sendNextHeld() {
    const [message] = this.client.outbox();
    if (message) this.#stream?.send(message);
    else this.#release();
  }

  #release() {
    this.held = false;
    clearTimeout(this.#heldTimer);
  }

  #handleLoss(code) {
    this.#stream?.close();
    this.#stream = null;
    clearTimeout(this.#retryTimer);
    if (this.#stopped) return;
    if (code === 4401) return this.client.tokenRejected();
    this.client.lineChanged(false);
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempts++) * (0.5 + Math.random() / 2);
    this.#retryTimer = setTimeout(() => this.#connect(), code === 1008 ? Math.max(delay, FLOOD_DELAY) : delay);
  }
}
