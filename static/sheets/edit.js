// The form of a place's page: rows are added without asking the server, what does not apply is hidden, and leaving
// with something unsaved is asked about. Without it all works: buttons ask the server, nothing is hidden.
const form = document.querySelector("[data-sheet]");
const chosen = (name) => form.querySelector(`[name="${name}"]:checked`)?.value;

function show() {
  for (const part of form.querySelectorAll("[data-hours-as]")) part.hidden = chosen("hours_as") !== part.dataset.hoursAs;
  const holidays = form.querySelector("[name=holidays]").value;
  for (const part of form.querySelectorAll("[data-holidays]")) part.hidden = part.dataset.holidays !== holidays;
}

// A row like the last one, empty, under the next number.
function addRow(rows) {
  const all = rows.querySelectorAll("[data-row]");
  const last = all[all.length - 1];
  if (!last) return undefined;
  const row = last.cloneNode(true);
  const numbers = [...rows.querySelectorAll("[name]")].map((field) => Number(/-(\d+)-/.exec(field.name)?.[1] ?? 0));
  const next = Math.max(...numbers) + 1;
  for (const element of row.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(/-\d+-/, `-${next}-`));
    }
  }
  for (const told of row.querySelectorAll(".error")) told.remove();
  for (const field of row.querySelectorAll("input, textarea, select")) {
    field.removeAttribute("aria-invalid");
    if (field.type === "checkbox") field.checked = false;
    else if (field.tagName === "SELECT") for (const option of field.options) option.selected = !field.multiple && option.index === 0;
    else field.value = field.name.endsWith("-quantity") ? "1" : "";
  }
  const title = row.querySelector("summary, legend");
  if (title && rows.dataset.rows !== "closure") title.textContent = rows.querySelector("button[value^=add-]").textContent;
  if ("open" in row) row.open = true;
  last.after(row);
  return row;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.value?.startsWith("add-")) {
    const row = addRow(button.closest("[data-rows]"));
    if (row) {
      event.preventDefault();
      row.querySelector("input, select, textarea").focus();
    }
  } else if (button && "copyDay" in button.dataset) {
    for (const field of form.querySelectorAll("[name^='days-0-']")) {
      for (const number of [1, 2, 3, 4]) form.querySelector(`[name="${field.name.replace("-0-", `-${number}-`)}"]`).value = field.value;
    }
  }
});

let dirty = false;
form.addEventListener("input", () => { dirty = true; });
form.addEventListener("submit", () => { dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
form.addEventListener("change", show);
for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
// A link to something to correct opens the part it is in.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
});
show();
