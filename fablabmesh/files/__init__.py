"""Calendars as files, for a web server that sends them by itself."""
