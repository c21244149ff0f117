// The console: the list, the open conversation and the side panel, over one connection to the gateway.
import { Attention, store, stored } from "./attention.js";
import { SidePanel } from "./side_panel.js";
import { $, fill } from "./dom.js";
import { Ended } from "./ended.js";
import { PendingAnswers } from "./pending_answers.js";
import { Connection } from "./connection.js";
import { isTrial, List } from "./list.js";
import { showAvailability } from "./availability.js";
import { ViewSwitch } from "./view_switch.js";
import { Conversation } from "./conversation.js";

const root = $("console");
const { me, language } = root.dataset;
const words = JSON.parse(root.dataset.words);
const connection = new Connection(Number(root.dataset.beat));
const list = new List({ root: $("list"), words, language, me, teams: JSON.parse(root.dataset.teams), choose });
const conversation = new Conversation({
  words,
  language,
  me,
  teams: JSON.parse(root.dataset.teams),
  most: Number(root.dataset.most),
  typing: (id) => connection.typing(id),
  savedReplies: () => sidePanel.replies,
  claimed: (id) => attention.markClaimed(id),
  done: () => move(0),
  lost(reason) {
    viewSwitch.close();
    $("choose").textContent = reason;
  },
});
const sidePanel = new SidePanel({ conversation, words, language });
new PendingAnswers({ conversation, words, language });
const ended = new Ended({ list, words });
$("ended-more").addEventListener("click", () => ended.more());
const viewSwitch = new ViewSwitch(root, leave);
const attention = new Attention({ words, me });
showAvailability();

function choose(id, focus = true) {
  viewSwitch.open();
  list.current = id;
  list.show();
  conversation.open(id, { focus });
  sidePanel.read(); // a colleague may have saved a reply, even if this conversation was open already
}

/** Goes back to the list, to the row of the conversation that was open. */
function leave() {
  const id = list.current;
  conversation.close();
  list.current = null;
  list.show();
  if (id) document.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus();
}

/** Opens the next conversation down (1) or up (-1) the list, or the first citizen's (0). */
function move(step) {
  const order = list.order({ trials: step !== 0 });
  if (!order.length) return viewSwitch.close();
  const at = step ? order.indexOf(list.current) + step : 0;
  choose(order[Math.min(Math.max(at, 0), order.length - 1)], false);
  document.querySelector(`[data-id="${CSS.escape(list.current)}"]`)?.focus();
}

/** Updates the page from a frame of the list: {rows} or {changed, gone}. */
function updateList(frame) {
  const before = list.rows.get(conversation.handoff?.id);
  list.update(frame);
  const rows = [...list.rows.values()];
  $("to-list").textContent = fill(words.to_list, { count: rows.filter((row) => row.state !== "claimed" && !isTrial(row)).length });
  $("nobody").hidden = rows.length > 0 || list.filter === "ended";
  attention.update(rows);
  const after = list.rows.get(conversation.handoff?.id);
  if ((after || before) && JSON.stringify(after) !== JSON.stringify(before)) conversation.reload();
  const watched = [...new Set([...rows.filter((row) => row.owner === me).map((row) => row.conversation), conversation.handoff?.conversation])];
  const wanted = watched.filter(Boolean).slice(0, 12).sort();
  if (wanted.join() !== connection.watched.join()) connection.watch(wanted);
}

connection.addEventListener("list", ({ detail }) => updateList(detail));
connection.addEventListener("rows", ({ detail }) => updateList(detail));
connection.addEventListener("up", ({ detail: up }) => {
  $("line").textContent = up ? "" : words.line_down;
  if (up) conversation.reload();
});
connection.addEventListener("news", ({ detail: news }) => {
  if (news.conversation !== conversation.handoff?.conversation) return;
  if (news.what === "citizen") conversation.showCitizenTyping();
  else if (news.what !== "typing") conversation.reload();
});
conversation.addEventListener("changed", () => updateList({}));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && conversation.reload());

$("filter").value = stored("filter") ?? "all";
list.filter = $("filter").value;
ended.show();
$("filter").addEventListener("change", () => {
  list.filter = $("filter").value;
  store("filter", list.filter);
  ended.show();
  updateList({});
});
$("available").addEventListener("change", () => {
  connection.available = $("available").checked;
  connection.beat();
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
