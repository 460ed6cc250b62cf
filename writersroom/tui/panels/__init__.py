"""The panels of the room: each draws one part of a `view.screen.Screen`, given to it by `show`, and nothing else."""
