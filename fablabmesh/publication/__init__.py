"""What is made of events for calendars, at each write: texts, dates, and who is told."""
