"""What can be done with the list of sessions: its part of the registry."""

from __future__ import annotations

from typing import Final

from writersroom.tui.actions import Action, Group

HOME: Final = Group(
    name="home",
    title="Sessions",
    about=(
        "Every session of this room, the one that went on last first. Type / and some words to find where "
        "they were said, in all sessions."
    ),
    actions=(
        Action(name="resume", keys=("enter",), label="Resume", help="Go on with the session.", footer=True),
        Action(
            name="replay", keys=("p",), label="Replay", help="Play it again, without a model.", footer=True
        ),
        Action(name="new", keys=("n",), label="New", help="Begin a new session.", footer=True),
        Action(name="find", keys=("slash",), label="Find", help="Find words in all sessions.", footer=True),
        Action(
            name="branch",
            keys=("b",),
            label="Branch",
            help="Make a session of its own that goes on from one of its turns.",
        ),
        Action(name="rename", keys=("r",), label="Rename", help="Give the session file another name."),
        Action(
            name="delete", keys=("delete", "x"), label="Delete", help="Put the session away.", footer=True
        ),
        Action(name="undo", keys=("u",), label="Undo", help="Bring back what was deleted last."),
        Action(name="refresh", keys=("f5",), label="Refresh", help="Look at the folder again."),
        Action(name="down", keys=("j",), label="Down", help="Go down.", palette=False),
        Action(name="up", keys=("k",), label="Up", help="Go up.", palette=False),
        Action(name="clear", keys=("escape",), label="Clear", help="Show all sessions.", palette=False),
        Action(name="leave", keys=("q",), label="Quit", help="Leave the program."),
    ),
)
