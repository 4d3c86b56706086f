// The form of an event: what does not apply is hidden, dates and searches are shown while one types, a calendar leaves
// dates out. Without it, all works: nothing is hidden, buttons look and show.
const form = document.querySelector("[data-event-form]");
const field = (name) => form.querySelector(`[name="${name}"]:not([type="hidden"])`);
const chosen = (name) => form.querySelector(`[name="${name}"]:checked`)?.value;
const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const shown = form.querySelector("[data-dates-shown]");
const told = form.querySelector("[data-dates-told]");
// What the dates do not depend on.
const WORDS = new Set(["title", "category", "description", "tags", "audience", "language", "accessibility", "contact"]);

function show() {
  const allDay = field("is_all_day").checked;
  for (const part of form.querySelectorAll("[data-hours]")) part.hidden = allDay;
  const rhythm = field("rhythm").value;
  for (const part of form.querySelectorAll("[data-rhythms]")) {
    part.hidden = !part.dataset.rhythms.split(" ").includes(rhythm);
  }
  for (const part of form.querySelectorAll("[data-ends]")) part.hidden = chosen("ends") !== part.dataset.ends;
  for (const part of form.querySelectorAll("[data-where]")) part.hidden = chosen("where") !== part.dataset.where;
  form.querySelector("[data-online]").hidden = chosen("online_access") === "none";
  field("price_amount").closest(".field").hidden = field("price_kind").value !== "amount";
}

// A series of Tuesdays whose first date goes to a Wednesday is one of Wednesdays.
function followFirstDay() {
  const former = form.querySelector("[name=former_day]");
  const [day, before] = [field("first_day").value, former.value];
  if (!day) return;
  const box = (text) => form.querySelector(`[name=weekdays][value=${WEEKDAYS[new Date(`${text}T12:00:00`).getDay()]}]`);
  if (before && before !== day && box(before)?.checked && !box(day).checked) {
    box(before).checked = false;
    box(day).checked = true;
  }
  former.value = day;
}

function boundLastDay() {
  const [first, last] = [field("first_day"), field("last_day")];
  last.min = first.value;
  if (last.value && first.value && last.value < first.value) last.value = first.value;
}

async function ask(address) {
  const answer = await fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
  return answer.ok ? answer.text() : "";
}

let asked = 0;
async function showDates() {
  const mine = ++asked;
  if (!field("first_day").value) {
    shown.replaceChildren();
    return;
  }
  const text = await ask(form.dataset.dates).catch(() => "");
  if (mine !== asked) return;
  const wasOpen = shown.querySelector("[data-keep-open]")?.open;
  const picked = document.activeElement?.dataset?.pick;
  shown.innerHTML = text;
  told.textContent = shown.querySelector("[data-sentence]")?.textContent ?? "";
  const details = shown.querySelector("[data-keep-open]");
  if (details && wasOpen) details.open = true;
  if (picked) shown.querySelector(`[data-pick="${picked}"]`)?.focus();
}

function later(action, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
}
const showDatesSoon = later(showDates, 350);

// A date in a list of one a line.
function put(name, day, wanted) {
  const lines = field(name).value.split("\n").map((line) => line.trim()).filter(Boolean);
  const others = lines.filter((line) => !line.startsWith(day));
  field(name).value = (wanted ? [...others, day] : others).join("\n");
}

shown.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (!button) return;
  const { pick, state } = button.dataset;
  if (state === "on") put("left_out", pick, true);
  if (state === "out") put("left_out", pick, false);
  if (state === "holiday") put("extra", pick, true);
  if (state === "added") put("extra", pick, false);
  showDates();
});

for (const search of form.querySelectorAll("[data-search-for]")) {
  const [input, button] = [search.querySelector("[type=search]"), search.querySelector("button")];
  const found = search.querySelector("[data-found]");
  const legend = found.querySelector("legend");
  const address = new URL(form.dataset.search, location.href);
  address.searchParams.set("quoi", search.dataset.searchFor);
  let number = 0;
  const look = async () => {
    const mine = ++number;
    const text = await ask(address).catch(() => "");
    if (mine !== number) return;
    found.innerHTML = text;
    found.prepend(legend);
    found.hidden = false;
  };
  button.addEventListener("click", (event) => {
    event.preventDefault();
    look();
  });
  input.addEventListener("input", later(() => input.value.trim().length > 1 && look(), 300));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    look();
  });
}

form.addEventListener("change", (event) => {
  if (event.target.name === "first_day") {
    followFirstDay();
    boundLastDay();
  }
  show();
});
form.addEventListener("input", (event) => {
  if (!WORDS.has(event.target.name)) showDatesSoon();
});
show();
showDates();
