// A form that was sent is not sent again by a second click: it would make two entries, two publications, or a save that finds
// one's own before it. After a while it can be sent again (a download leaves the page where it is; so does a line that is down).

const AGAIN_AFTER = 5_000; // ms

const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return; // a script sends it, or nothing is changed
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  setTimeout(() => sent.delete(form), AGAIN_AFTER);
});
