// Reads calendars as Thunderbird and Nextcloud do, with ical.js, for the tests of feeds: a question a line, an answer a line.
//   {"calendar": "BEGIN:VCALENDAR…"}                     -> {"name": …, "zones": […], "events": […]}
//   {"calendar": "…", "zone": "Europe/Paris", "walls": ["2026-03-29T10:00:00", …]} -> [seconds since 1970, …]
import { createInterface } from "node:readline";
import ICAL from "ical.js";

function readTime(property) {
  if (!property) return null;
  const time = property.getFirstValue();
  return {
    wall: time.isDate ? time.toString() : time.toString().replace("Z", ""),
    zone: time.isDate ? null : time.zone.tzid,
    instant: time.isDate ? null : time.toUnixTime(),
  };
}

function readEvent(component) {
  const text = (name) => component.getFirstPropertyValue(name);
  const categories = component.getFirstProperty("categories");
  return {
    uid: text("uid"),
    summary: text("summary"),
    description: text("description"),
    location: text("location"),
    url: text("url"),
    geo: text("geo"),
    categories: categories ? categories.getValues() : [],
    status: text("status"),
    sequence: text("sequence"),
    stamp: text("dtstamp").toString(),
    start: readTime(component.getFirstProperty("dtstart")),
    end: readTime(component.getFirstProperty("dtend")),
  };
}

function answer(asked) {
  const calendar = new ICAL.Component(ICAL.parse(asked.calendar));
  const zones = calendar.getAllSubcomponents("vtimezone").map((component) => new ICAL.Timezone(component));
  // The zones of one calendar must not help the next one.
  ICAL.TimezoneService.reset();
  for (const zone of zones) ICAL.TimezoneService.register(zone);
  if (asked.zone) {
    const zone = zones.find((each) => each.tzid === asked.zone);
    return asked.walls.map((wall) => {
      const time = ICAL.Time.fromDateTimeString(wall);
      time.zone = zone;
      return time.toUnixTime();
    });
  }
  return {
    name: calendar.getFirstPropertyValue("x-wr-calname"),
    zones: zones.map((zone) => zone.tzid),
    events: calendar.getAllSubcomponents("vevent").map(readEvent),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    told = { answer: answer(JSON.parse(line)) };
  } catch (error) {
    told = { error: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
