"""The room: agents argue over the plot graph and write the scenes.

`standing` is what the room knows, folded from events; `order` says from it whose turn is next; `turns` has
one module for each kind of turn, which asks the model and returns events; `wiring` is the LangGraph that
joins them; `stepper` plays, pauses, steps and stops it.
"""
