"""The doors: one thin room an audience. A door reads a request, calls a verb, commits once, answers."""
