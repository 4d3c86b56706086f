// Runs inside Thunderbird: subscribes to an address and tells what its calendar shows between two days.
const [address, first, after, done] = arguments;

const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");

function spell(moment) {
  const text = moment.getInTimezone(moment.isDate ? moment.timezone : cal.dtz.UTC).icalString;
  const [day, time] = [`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`, text.slice(9, 15)];
  return moment.isDate ? day : `${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}Z`;
}

function loaded(calendar) {
  return new Promise((resolve, reject) => {
    const nothing = () => {};
    calendar.addObserver({
      QueryInterface: ChromeUtils.generateQI(["calIObserver"]),
      onLoad: () => resolve(),
      onError: (_calendar, number, message) => reject(new Error(`${number}: ${message}`)),
      onStartBatch: nothing,
      onEndBatch: nothing,
      onAddItem: nothing,
      onModifyItem: nothing,
      onDeleteItem: nothing,
      onPropertyChanged: nothing,
      onPropertyDeleting: nothing,
    });
    calendar.refresh();
  });
}

async function show() {
  const calendar = cal.manager.createCalendar("ics", Services.io.newURI(address));
  calendar.name = "Feed";
  calendar.setProperty("cache.enabled", false);
  cal.manager.registerCalendar(calendar);
  await loaded(cal.manager.getCalendarById(calendar.id));
  const { ITEM_FILTER_TYPE_EVENT, ITEM_FILTER_CLASS_OCCURRENCES } = Ci.calICalendar;
  const from = cal.createDateTime(`${first.replaceAll("-", "")}T000000Z`);
  const until = cal.createDateTime(`${after.replaceAll("-", "")}T000000Z`);
  from.day -= 1;
  until.day += 1;
  const items = await calendar.getItemsAsArray(ITEM_FILTER_TYPE_EVENT | ITEM_FILTER_CLASS_OCCURRENCES, 0, from, until);
  return items
    .map((item) => [item.id, spell(item.startDate), spell(item.endDate), item.title, item.status])
    .filter(([, start]) => start.slice(0, 10) >= first && start.slice(0, 10) < after);
}

show().then(done, (error) => done(`${error}`));
