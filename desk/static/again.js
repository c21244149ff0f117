// A form that was refused is not thrown away: the page that says why leads back to it, with all that was typed. It is kept in this
// tab, until the next page that is no refusal; passwords and files never are.

const PLACE = "guichet-desk:refused-form";
const NEVER = ["hidden", "password", "file", "submit"];

// Not `form.action`: that is a button, where one has this name.
const actionOf = (form) => new URL(form.getAttribute("action") || location.pathname, location.href).pathname;
const fields = (form) => [...form.elements].filter(({ name, type }) => name && !NEVER.includes(type) && type !== "button");

document.addEventListener("submit", ({ target: form }) => {
  if (form.method !== "post") return;
  const kept = fields(form).map(({ name, value, type, checked }) => [name, value, ["checkbox", "radio"].includes(type) ? checked : null]);
  write({ page: location.pathname + location.search, action: actionOf(form), kept });
});

const link = document.getElementById("to-form");
const before = read();
if (link && before?.action === location.pathname) {
  // Not by a fragment: the page that says why often has the form's own address, and would stay.
  const page = new URL(before.page, location.origin);
  page.searchParams.set("again", "1");
  link.href = page.pathname + page.search;
  link.closest("p").hidden = false;
} else {
  const here = new URL(location.href);
  if (before && here.searchParams.has("again")) refill(before);
  write(null);
}

function refill({ action, kept }) {
  const names = new Set(kept.map(([name]) => name));
  const same = (form) => form.method === "post" && actionOf(form) === action;
  const fits = (form) => fields(form).every(({ name }) => names.has(name)) && fields(form).length === kept.length;
  const form = [...document.forms].find((one) => same(one) && fits(one));
  if (!form) return;
  fields(form).forEach((field, place) => {
    const [, value, checked] = kept[place];
    if (checked === null) field.value = value;
    else field.checked = checked;
  });
  const here = new URL(location.href);
  here.searchParams.delete("again");
  history.replaceState(history.state, "", here.pathname + here.search);
  fields(form)[0]?.focus();
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE));
  } catch {
    return null;
  }
}

function write(form) {
  try {
    if (form) sessionStorage.setItem(PLACE, JSON.stringify(form));
    else sessionStorage.removeItem(PLACE);
  } catch {
    return; // without a place to keep it, the browser's "back" has it as a rule
  }
}
