"""What is kept of people and why: their copy of it, its erasure, its end by schedule; legal pages."""
