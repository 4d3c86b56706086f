"""The calendars once more, by CalDAV, for programs that want only what changed."""
