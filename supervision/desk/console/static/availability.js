// Shows what citizens are told now about reaching a person, and why. Reads it every minute, since opening hours pass.
import { $ } from "./dom.js";

const EVERY = 60_000;

export async function showAvailability() {
  const root = $("reaching");
  try {
    const answer = await fetch("/api/desk/console/reaching");
    if (!answer.ok) return;
    const { line, said } = await answer.json();
    root.querySelector("p").textContent = line;
    root.querySelector("blockquote").textContent = said;
    root.hidden = false;
  } catch {
    // The list reports that the gateway is away; this line stays as it is.
  } finally {
    setTimeout(showAvailability, EVERY);
  }
}
