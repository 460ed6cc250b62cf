# What is used of screenplain 0.12, which ships no types.
