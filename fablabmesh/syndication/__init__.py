"""The agenda elsewhere: shown on other sites, and in a person's own calendar with what is not published yet."""
