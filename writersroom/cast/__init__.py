"""Who is in the room: cards and templates become requests, replies become their parts."""
