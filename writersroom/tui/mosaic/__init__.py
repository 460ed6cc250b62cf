"""Panels side by side: how a terminal of any size is shared out, by a person if they like."""
