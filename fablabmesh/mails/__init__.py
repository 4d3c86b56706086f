"""Mails: letters that wait to be sent, the worker that sends them, and the page that shows how they fare."""
