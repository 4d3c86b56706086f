// The form of an event: hours hidden for a whole day, a last day that is never before the first. Without it, all works.
const form = document.querySelector("[data-event-form]");
const allDay = form.querySelector("[name=is_all_day]");
const first = form.querySelector("[name=first_day]");
const last = form.querySelector("[name=last_day]");

function showHours() {
  for (const part of form.querySelectorAll("[data-hours]")) part.hidden = allDay.checked;
}

function boundLastDay() {
  last.min = first.value;
  if (last.value && first.value && last.value < first.value) last.value = first.value;
}

allDay.addEventListener("change", showHours);
first.addEventListener("change", boundLastDay);
showHours();
