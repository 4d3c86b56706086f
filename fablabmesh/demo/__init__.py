"""Invented people, places, events and projects, marked as such and removable by one command."""
