"""Proving who one is: passwords, mailed links, passkeys, one-time codes, other identity providers; open sessions."""
