"""The room's screen: a session, live or recorded, and all that can be done to it."""
