"""Independent readers of calendars, which must all find the same occurrences; and a feed made to be hard to read.

Each reader is asked through one function, calendar → occurrences. None of them shares its recurrence engine with the
list that is expected of them, which is made by plain loops over wall times (`torture`).
"""
