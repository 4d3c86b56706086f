// Two readers of calendars: a question a line, an answer a line.
//   {"judge": "ical.js", "calendar": "BEGIN:VCALENDAR…", "first": "2026-01-01", "after": "2028-01-01"}
//   -> [[uid, start, end, summary, status], …]     The range may be passed by a day: the caller looks again.
import { createInterface } from "node:readline";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const DAY = 24 * 3600 * 1000;
const instant = (date) => date.toISOString().replace(".000", "");

function spellTime(time) {
  return time.isDate ? time.toString() : instant(new Date(time.toUnixTime() * 1000));
}

function byIcalJs({ calendar, after }) {
  const component = new ICAL.Component(ICAL.parse(calendar));
  // The zones of one calendar must not help the next one.
  ICAL.TimezoneService.reset();
  for (const zone of component.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const events = component
    .getAllSubcomponents("vevent")
    // Left to itself, it relates the exceptions of every event to each event.
    .map((each) => new ICAL.Event(each, { exceptions: [] }));
  const found = [];
  const tell = (item, start, end) =>
    found.push([item.uid, spellTime(start), spellTime(end), item.summary, item.component.getFirstPropertyValue("status")]);
  for (const event of events.filter((each) => !each.isRecurrenceException())) {
    if (!event.isRecurring()) {
      tell(event, event.startDate, event.endDate);
      continue;
    }
    for (const exception of events) {
      if (exception.isRecurrenceException() && exception.uid === event.uid) event.relateException(exception);
    }
    const starts = event.iterator();
    for (let next = starts.next(); next && next.toString() < after + "T"; next = starts.next()) {
      const { item, startDate, endDate } = event.getOccurrenceDetails(next);
      tell(item, startDate, endDate);
    }
  }
  return found;
}

// Whole days come as midnights of this machine's own zone.
const day = (date) =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");

// It hands out added dates (RDATE) as they are written, and leaves them to the program: each is read as a start.
function addedStarts(event) {
  const read = ({ params, val }) => {
    const given = Object.entries(params).map(([name, value]) => `;${name}=${value}`).join("");
    const text = `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART${given}:${val}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    return nodeIcal.sync.parseICS(text).x.start;
  };
  return [event.rdate ?? []].flat().map((each) => read(each.val ? each : { params: {}, val: each }));
}

function* addedOccurrences(event) {
  for (const start of addedStarts(event)) {
    const key = event.datetype === "date" ? start.toISOString().slice(0, 10) : start.toISOString();
    const override = event.recurrences?.[key];
    const end = new Date(start.getTime() + event.end.getTime() - event.start.getTime());
    if (override) yield { ...override, event: override, isFullDay: override.datetype === "date" };
    else if (!event.exdate?.[key]) yield { start, end, event, summary: event.summary, isFullDay: event.datetype === "date" };
  }
}

function byNodeIcal({ calendar, first, after }) {
  const range = { from: new Date(Date.parse(first) - DAY), to: new Date(Date.parse(after) + DAY) };
  const found = [];
  for (const event of Object.values(nodeIcal.sync.parseICS(calendar))) {
    if (event.type !== "VEVENT") continue;
    for (const each of [...nodeIcal.expandRecurringEvent(event, range), ...addedOccurrences(event)]) {
      const spell = each.isFullDay ? day : instant;
      const summary = each.summary.val ?? each.summary;
      found.push([event.uid, spell(each.start), spell(each.end), summary, each.event.status]);
    }
  }
  return found;
}

const JUDGES = { "ical.js": byIcalJs, "node-ical": byNodeIcal };

for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    const asked = JSON.parse(line);
    told = { answer: JUDGES[asked.judge](asked) };
  } catch (error) {
    told = { error: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
