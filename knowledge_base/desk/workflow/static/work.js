// One box ticks all the others.
const all = document.querySelector("[data-all]");
all?.addEventListener("change", () => {
  for (const box of document.querySelectorAll('input[name="entry"]')) box.checked = all.checked;
});
if (all) all.closest("[hidden]").hidden = false;
