"""What a zone writes in its yearly report: what was there and what was done in a year, beside the year before."""
