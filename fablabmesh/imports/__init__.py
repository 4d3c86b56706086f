"""Calendars that are kept elsewhere: files brought once, addresses followed, what was read and what was not."""
