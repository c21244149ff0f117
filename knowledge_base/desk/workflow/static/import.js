// Shows how far an import is, and the page anew once it has ended. Without it, the page says to load it again.
import { api } from "/desk/static/desk/api.js";

const box = document.querySelector("[data-import]");
const bar = box?.querySelector("progress");

async function follow() {
  let task;
  try {
    task = await api("GET", `/api/desk/imports/${box.dataset.import}`);
  } catch {
    setTimeout(follow, 3000);
    return;
  }
  if (task.state !== "running" && task.state !== "waiting") {
    location.replace(location.pathname + location.search);
    return;
  }
  if (task.total) {
    bar.max = task.total;
    bar.value = task.done;
  }
  setTimeout(follow, 1000);
}

if (bar) follow();
