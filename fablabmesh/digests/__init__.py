"""Digests: a weekly letter of any slice of the agenda, for who asked for it twice and as long as they want it."""
