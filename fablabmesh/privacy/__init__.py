"""What is kept of people, why and for how long; taking it away, and having it erased; the legal pages."""
