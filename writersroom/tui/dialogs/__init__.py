"""Small screens over the one in use: a question, a choice, a text, help."""
