// Follows a publication, and shows the page anew once it waits for a decision or has ended.

import { api } from "/desk/static/desk/api.js";

const EVERY = 500; // milliseconds
const place = document.getElementById("follow");

function told({ progress: [step, done, total] }) {
  const words = place.dataset[step] ?? place.dataset.waits;
  return total > 0 ? `${words} ${done}/${total}` : words;
}

async function look() {
  try {
    const view = await api("GET", place.dataset.path);
    if (view.state !== place.dataset.state && ["checked", "active", "dropped", "failed"].includes(view.state)) {
      location.reload();
      return;
    }
    const text = told(view);
    if (place.textContent !== text) place.textContent = text;
  } catch {
    // the network, or a gateway that starts again: look again
  }
  setTimeout(look, EVERY);
}

if (place && !place.dataset.ended) look();
