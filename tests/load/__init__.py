"""The served application under many subscribers, many edits, and losses."""
