"""The Textual app: screens and widgets that draw `view` and nothing else, so live and recorded look alike."""
