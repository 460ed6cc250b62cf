"""The story, without any model: plot graph, moves, weaknesses, characters and what they feel and know."""
