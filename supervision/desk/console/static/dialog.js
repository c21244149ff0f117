// Dialogs that ask for a confirmation.

/** Shows a dialog. Resolves to whether it was confirmed. */
export function ask(dialog) {
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}
