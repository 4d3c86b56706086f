// Of the two ways to tell hours, the one that was chosen is shown. Without it both are, and the boxes say which counts.
const part = document.querySelector("[data-hours]");

function show() {
  const chosen = part.querySelector("[name=hours_as]:checked")?.value;
  for (const way of part.querySelectorAll("[data-hours-as]")) way.hidden = way.dataset.hoursAs !== chosen;
}

if (part) {
  part.addEventListener("change", show);
  show();
}
