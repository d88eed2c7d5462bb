"""A filing in progress: autosave, resume, hand over (帮我填), expire. Nothing typed is ever dropped before its time."""
