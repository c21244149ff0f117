// The two ways to receive replies. Both resolve to {send(message), close()} once the gateway is ready. Both call
// `receive(frame)` for each frame, and `lost(code)` once, when the connection is lost.
import { ApiError } from "./api.js";

const OPENING = 5_000; // longest wait for "ready"
const PING_AFTER = 20_000; // without a frame for so long, a ping is sent
const ANSWER_WITHIN = 8_000; // longest wait for a pong or an acknowledgement
const TOO_MANY = 1008; // the close code of a flood
const QUIET_EVENTS = 40_000; // events carry a heartbeat every 15 s

export function readSocket(api, client, receive, lost) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${api.base.replace(/^http/, "ws")}/api/web/socket`);
    let ready = false;
    let over = false;
    let watchdog = setTimeout(() => end(), OPENING);
    const say = (frame) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame));
    const expectWithin = (milliseconds) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => end(), milliseconds);
    };
    const rest = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        say({ type: "ping" });
        expectWithin(ANSWER_WITHIN);
      }, PING_AFTER);
    };
    const end = (code) => {
      if (over) return;
      over = true;
      clearTimeout(watchdog);
      socket.close();
      if (ready) lost(code);
      else reject(Object.assign(new Error("socket"), { code }));
    };
    const send = (message) => {
      say({ type: "message", ...message });
      expectWithin(ANSWER_WITHIN); // without an acknowledgement the connection is lost, and the next one sends it again
    };
    const hint = (frame) => say(frame);
    const close = () => {
      over = true;
      clearTimeout(watchdog);
      socket.close();
    };
    socket.onopen = () => say({ type: "hello", token: client.token(), after: client.after() });
    socket.onclose = (event) => end(event.code);
    socket.onerror = () => end();
    socket.onmessage = (event) => {
      if (over) return;
      const frame = JSON.parse(event.data);
      rest();
      if (frame.type === "ready") {
        ready = true;
        resolve({ send, hint, close });
      } else if (frame.type === "error") {
        const error = new ApiError(frame.problem?.status ?? 400, frame.problem);
        if (error.status >= 500) end(TOO_MANY); // temporary: the next connection sends it again
        else if (error.status === 429) receive({ type: "later" }); // only this message is one too many
        else if (error.status !== 401) receive({ type: "refused", id: frame.id, error });
      } else if (frame.type !== "pong") {
        receive(frame);
      }
    };
  });
}

export async function readEvents(api, client, receive, lost) {
  const control = new AbortController();
  let over = false;
  let watchdog = setTimeout(() => control.abort(), OPENING);
  const end = () => {
    clearTimeout(watchdog);
    if (!over) lost();
    over = true;
    control.abort();
  };
  const response = await api.events(client.after(), control.signal);
  const rest = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(end, QUIET_EVENTS);
  };
  rest();
  (async () => {
    let kept = "";
    for await (const text of chunks(response.body.pipeThrough(new TextDecoderStream()))) {
      if (over) return;
      rest();
      const events = (kept + text).replaceAll("\r\n", "\n").split("\n\n");
      kept = events.pop();
      for (const event of events) {
        const data = event.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart());
        if (data.length) receive(JSON.parse(data.join("\n")));
      }
    }
  })().then(end, end);

  let queue = Promise.resolve(); // one message at a time: they are answered in order
  const send = (message) => {
    queue = queue.then(async () => {
      if (over) return;
      try {
        receive({ type: "accepted", ...(await api.say(message)) });
      } catch (error) {
        if (over) return;
        if (error.status === 429) receive({ type: "later" });
        else if (error.status === 0 || error.status >= 500) end(); // temporary
        else receive({ type: "refused", id: message.id, error });
      }
    });
  };
  const close = () => {
    over = true;
    clearTimeout(watchdog);
    control.abort();
  };
  return { send, close };
}

/** Yields the pieces of a ReadableStream, which not every browser can iterate over. */
async function* chunks(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
