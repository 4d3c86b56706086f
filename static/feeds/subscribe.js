// Copies the address of a calendar. Without script, or without the clipboard, the field is there to be copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[data-copy-status]");
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // No clipboard outside https: the older way still works on a selected field.
      if (!document.execCommand("copy")) return;
    }
    status.textContent = button.dataset.done;
  });
}
