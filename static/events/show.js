// Says what the clock of the reader's device will show, where it is not what the clocks of the place show. The zone of
// the device stays in the device. Without script, the page tells the time in Paris.
const line = document.querySelector("[data-reader-time]");

function wallTimes(starts, ends, zone) {
  const parts = { dateStyle: "short", timeStyle: "short", timeZone: zone };
  return [starts, ends].map((moment) => new Intl.DateTimeFormat("en", parts).format(moment)).join();
}

function readerZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

if (line) {
  const [starts, ends] = [new Date(line.dataset.starts), new Date(line.dataset.ends)];
  const mine = readerZone();
  if (mine && wallTimes(starts, ends, mine) !== wallTimes(starts, ends, line.dataset.zone)) {
    const words = { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" };
    const span = new Intl.DateTimeFormat(document.documentElement.lang, words)
      .formatRange(starts, ends)
      .replaceAll(/(?<=lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) 1 /g, " 1er ");
    line.textContent = line.dataset.text.replace("ZONE", mine.replaceAll("_", " ")).replace("MOMENT", span);
    line.hidden = false;
  }
}
