"""What plays a session for the screen: a record, or a model. Neither knows a widget."""
