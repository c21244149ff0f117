// What waits for whoever reads this page: counted in the menu and in the title, and called out on the desktop and by a sound
// where that is wanted. A line of its own, since browsers slow down the timers of pages that nobody looks at.
import { preference, store } from "./preferences.js";
import { ring } from "./ring.js";

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 30_000;
const SIGNED_OUT = [4401, 4403];
const SEEN = "guichet-desk:called"; // what this browser has called out already, whichever page it was on
const MOST = 500;

const title = document.title;
const service = document.body.dataset.service;
const console_ = document.getElementById("console"); // it counts and sounds by itself
let attempts = 0;

connect();
offer();

function connect() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/desk/calls`);
  socket.onopen = () => (attempts = 0);
  socket.onmessage = ({ data }) => take(JSON.parse(data));
  socket.onclose = ({ code }) => {
    if (SIGNED_OUT.includes(code)) return;
    setTimeout(connect, Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempts++));
  };
}

function take(calls) {
  count(calls);
  // One browser calls once, however many pages of the desk are open in it.
  const once = navigator.locks ? (work) => navigator.locks.request(SEEN, work) : (work) => work();
  once(() => {
    const seen = new Set(read());
    const fresh = calls.filter(({ key, ids }) => ids.some((id) => !seen.has(`${key} ${id}`)));
    write(calls.flatMap(({ key, ids }) => ids.map((id) => `${key} ${id}`)));
    for (const call of fresh) notify(call);
    if (fresh.length && !console_ && preference("sounds")) ring();
  });
}

/** The numbers in the menu (of a group all that waits on its pages) and in the title. */
function count(calls) {
  const total = calls.reduce((sum, { ids }) => sum + ids.length, 0);
  if (!console_) document.title = total ? `(${total}) ${title}` : title;
  for (const link of document.querySelectorAll(".top nav [data-paths]")) {
    const own = calls.filter(({ path }) => link.dataset.paths.split(" ").includes(path.split("?")[0]));
    const waits = own.reduce((sum, { ids }) => sum + ids.length, 0);
    let badge = link.querySelector(".waits");
    if (!badge && !waits) continue;
    badge ??= link.appendChild(Object.assign(document.createElement("span"), { className: "waits" }));
    badge.textContent = waits || "";
    badge.title = own.map(({ text }) => text).join(" · ");
    badge.hidden = !waits;
  }
}

function notify({ key, path, text }) {
  if (!preference("notify") || !("Notification" in window) || Notification.permission !== "granted") return;
  if (document.visibilityState === "visible" && document.hasFocus()) return; // they see it
  const shown = new Notification(service, { body: text, tag: key, renotify: true, icon: "/static/pages/icon.svg" });
  shown.onclick = () => {
    window.focus();
    shown.close();
    if (location.pathname !== path.split("?")[0]) location.assign(path);
  };
}

/** The boxes with which somebody asks to be called; the browser asks them once more. */
function offer() {
  for (const box of document.querySelectorAll("[data-wants]")) {
    const name = box.dataset.wants;
    if (name === "notify" && !("Notification" in window)) box.closest("label").hidden = true;
    box.checked = preference(name) && (name !== "notify" || window.Notification?.permission === "granted");
    box.addEventListener("change", async () => {
      if (name === "notify" && box.checked) box.checked = (await Notification.requestPermission()) === "granted";
      if (name === "sounds" && box.checked) ring();
      const refused = document.getElementById("notify-refused");
      if (name === "notify" && refused) refused.hidden = Notification.permission !== "denied";
      store(name, box.checked);
    });
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(SEEN)) ?? [];
  } catch {
    return [];
  }
}

function write(all) {
  try {
    localStorage.setItem(SEEN, JSON.stringify(all.slice(-MOST)));
  } catch {
    return; // each page calls for itself then
  }
}
