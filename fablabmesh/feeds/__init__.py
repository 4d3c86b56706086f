"""The agenda and its parts as calendars that cost next to nothing for one more subscriber."""
