"""Finders of weaknesses: small functions from a reading of the plot to what is weak in it, by subject."""
