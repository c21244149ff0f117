// The socket to the gateway: receives changes of the list and news of open conversations, sends signs of life. Reconnects by itself.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const SIGNED_OUT = [4401, 4403];

/**
 * Dispatches events (detail): list (rows), rows ({changed, gone}), news ({conversation, what}), up (boolean).
 *
 * If the supervisor signed out elsewhere or lost the right, it reloads the page, which leads to the sign-in.
 */
export class Connection extends EventTarget {
  #socket = null;
  #attempts = 0;
  #answered = true;
  available = true;
  watched = [];

  constructor(beatSeconds) {
    super();
    setInterval(() => this.beat(), beatSeconds * 1000);
    addEventListener("online", () => this.#connect());
    this.#connect();
  }

  /** Sends a sign of life. If the one before was not answered, the connection is dead and is closed. */
  beat() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (!this.#answered) return this.#socket.close();
    this.#answered = false;
    this.#send({ type: "beat", available: this.available });
  }

  watch(conversations) {
    this.watched = conversations;
    this.#send({ type: "watch", conversations });
  }

  typing(conversation) {
    this.#send({ type: "typing", conversation });
  }

  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #connect() {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/desk/console/socket`);
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempts = 0;
      this.#answered = true;
      this.beat();
      this.watch(this.watched);
      this.#dispatch("up", true);
    };
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === "beat") this.#answered = true;
      else this.#dispatch(frame.type, frame);
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      if (SIGNED_OUT.includes(code)) return location.reload();
      this.#dispatch("up", false);
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempts++) * (0.5 + Math.random() / 2);
      setTimeout(() => this.#connect(), delay);
    };
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
