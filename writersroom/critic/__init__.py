"""The critic: how a take reads, beside human writing."""
