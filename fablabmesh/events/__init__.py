"""What happens in the places, and the calendars that tell of it."""
