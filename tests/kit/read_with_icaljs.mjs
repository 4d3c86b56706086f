// Reads a calendar as Thunderbird and Nextcloud do, with ical.js, for the tests of feeds.
//   {"calendar": "BEGIN:VCALENDAR…"}                     -> {"name": …, "zones": […], "events": […]}
//   {"calendar": "…", "zone": "Europe/Paris", "walls": ["2026-03-29T10:00:00", …]} -> [seconds since 1970, …]
import { readFileSync } from "node:fs";
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

const asked = JSON.parse(readFileSync(0, "utf8"));
const calendar = new ICAL.Component(ICAL.parse(asked.calendar));
const zones = calendar.getAllSubcomponents("vtimezone").map((component) => new ICAL.Timezone(component));
for (const zone of zones) ICAL.TimezoneService.register(zone);

let answer;
if (asked.zone) {
  const zone = zones.find((each) => each.tzid === asked.zone);
  answer = asked.walls.map((wall) => {
    const time = ICAL.Time.fromDateTimeString(wall);
    time.zone = zone;
    return time.toUnixTime();
  });
} else {
  answer = {
    name: calendar.getFirstPropertyValue("x-wr-calname"),
    zones: zones.map((zone) => zone.tzid),
    events: calendar.getAllSubcomponents("vevent").map(readEvent),
  };
}
process.stdout.write(JSON.stringify(answer));
