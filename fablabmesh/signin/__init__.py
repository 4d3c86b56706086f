"""Proving who one is: passwords and links, passkeys, one-time codes, providers, and the page that keeps them all."""
