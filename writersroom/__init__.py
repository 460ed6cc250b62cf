"""A multi-agent writers' room on a local model."""
