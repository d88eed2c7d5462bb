"""The forms themselves: the library of form documents, their materials, the checks before one is published."""
