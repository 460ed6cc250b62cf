"""What a screen shows, as a pure fold over events. Knows no terminal library, no database and no model."""
