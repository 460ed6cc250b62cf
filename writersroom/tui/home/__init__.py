"""The list of sessions, and the form for a new one."""
