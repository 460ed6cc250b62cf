"""The panels of the room: each draws one part of a `view.screen.Screen`, given by `show`, and no more."""
