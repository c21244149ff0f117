// What citizens are told now about reaching a person, and why: read again each minute, since hours and holidays come and go.
import { $ } from "./dom.js";

const EVERY = 60_000;

export async function showReaching() {
  const root = $("reaching");
  try {
    const answer = await fetch("/api/desk/console/reaching");
    if (!answer.ok) return;
    const { line, said } = await answer.json();
    root.querySelector("p").textContent = line;
    root.querySelector("blockquote").textContent = said;
    root.hidden = false;
  } catch {
    // Without the gateway the list says so; this line keeps what it said.
  } finally {
    setTimeout(showReaching, EVERY);
  }
}
