// The console: the list, the open conversation and what stands beside it, on one line to the gateway.
import { Attention, store, stored } from "./attention.js";
import { SidePanel } from "./side_panel.js";
import { $, fill } from "./dom.js";
import { Ended } from "./ended.js";
import { PendingAnswers } from "./pending_answers.js";
import { Connection } from "./connection.js";
import { List } from "./list.js";
import { showReaching } from "./reaching.js";
import { ViewSwitch } from "./view_switch.js";
import { Conversation } from "./conversation.js";

const root = $("console");
const { me, language } = root.dataset;
const words = JSON.parse(root.dataset.words);
const line = new Connection(Number(root.dataset.beat));
const list = new List({ root: $("list"), words, language, me, teams: JSON.parse(root.dataset.teams), choose });
const talk = new Conversation({
  words,
  language,
  me,
  teams: JSON.parse(root.dataset.teams),
  most: Number(root.dataset.most),
  typing: (conversation) => line.typing(conversation),
  saved: () => beside.replies,
  took: (id) => attention.took(id),
  done: () => move(0),
  lost(why) {
    stage.close();
    $("choose").textContent = why;
  },
});
const beside = new SidePanel({ talk, words, language });
new PendingAnswers({ talk, words, language });
const ended = new Ended({ list, words });
$("ended-more").addEventListener("click", () => ended.more());
const stage = new ViewSwitch(root, leave);
const attention = new Attention({ words, me });
showReaching();

function choose(id, focus = true) {
  stage.enter();
  list.current = id;
  list.show();
  talk.open(id, { focus });
  beside.read(); // a colleague may have kept a reply, whether this conversation was open already or not
}

/** Back to the list, at the row that was open. */
function leave() {
  const was = list.current;
  talk.close();
  list.current = null;
  list.show();
  if (was) document.querySelector(`[data-id="${CSS.escape(was)}"]`)?.focus();
}

/** Opens the next conversation down (1) or up (-1) the list; 0: the first one. */
function move(step) {
  const order = list.order();
  if (!order.length) return stage.close();
  const at = step ? order.indexOf(list.current) + step : 0;
  choose(order[Math.min(Math.max(at, 0), order.length - 1)], false);
  document.querySelector(`[data-id="${CSS.escape(list.current)}"]`)?.focus();
}

function listed(frame) {
  const before = list.rows.get(talk.handoff?.id);
  list.take(frame);
  const rows = [...list.rows.values()];
  $("to-list").textContent = fill(words.to_list, { count: rows.filter((row) => row.state !== "claimed").length });
  $("nobody").hidden = rows.length > 0 || list.filter === "ended";
  attention.look(rows);
  const open = talk.handoff && list.rows.get(talk.handoff.id);
  if (talk.handoff && (open || before) && (!open || JSON.stringify(open) !== JSON.stringify(before))) talk.again();
  const watched = [...new Set([...rows.filter((row) => row.owner === me).map((row) => row.conversation), talk.handoff?.conversation])];
  const wanted = watched.filter(Boolean).slice(0, 12).sort();
  if (wanted.join() !== line.watched.join()) line.watch(wanted);
}

line.addEventListener("list", ({ detail }) => listed(detail));
line.addEventListener("rows", ({ detail }) => listed(detail));
line.addEventListener("up", ({ detail: up }) => {
  $("line").textContent = up ? "" : words.line_down;
  if (up) talk.again();
});
line.addEventListener("news", ({ detail: { conversation, what } }) => {
  if (conversation !== talk.handoff?.conversation) return;
  if (what === "citizen") talk.citizenTypes();
  else if (what !== "typing") talk.again();
});
talk.addEventListener("changed", () => listed({}));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && talk.again());

$("filter").value = stored("filter") ?? "all";
list.filter = $("filter").value;
ended.show();
$("filter").addEventListener("change", () => {
  list.filter = $("filter").value;
  store("filter", list.filter);
  ended.show();
  listed({});
});
$("available").addEventListener("change", () => {
  line.available = $("available").checked;
  line.beat();
});

// Single keys can be switched off (WCAG 2.1.4), and are never taken from a field or a dialog.
$("shortcuts").checked = stored("shortcuts") !== "0";
$("shortcuts").addEventListener("change", () => store("shortcuts", $("shortcuts").checked ? "1" : "0"));
$("help-open").addEventListener("click", () => $("help").showModal());
const press = (id) => () => !$(id).hidden && !$("talk").hidden && $(id).click();
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  c: press("claim"),
  r: () => $("text").focus(),
  s: () => $("search").focus(),
  n: () => $("note").focus(),
  b: press("to-bot"),
  t: press("transfer"),
  "?": () => $("help").showModal(),
};
document.addEventListener("keydown", (event) => {
  const busy = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]");
  if (!$("shortcuts").checked || busy || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("#text, #search, #note, #label")) $("talk-title").focus();
});
