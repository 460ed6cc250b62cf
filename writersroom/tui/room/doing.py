"""What can be done on the room's screen: its part of the registry."""

from __future__ import annotations

from typing import Final

from writersroom.tui.actions import Action, Group

ROOM: Final = Group(
    name="room",
    title="The room",
    about=(
        "A session: being played by a model, or played again from its file. The same keys move through both. "
        "Tab goes from panel to panel, z gives one the whole screen."
    ),
    actions=(
        Action(
            name="play", keys=("space",), label="Play", help="Play, or pause after this turn.", footer=True
        ),
        Action(
            name="forward",
            keys=("full_stop", "right", "l"),
            label="Step",
            help="One turn on; at the end of a live session, have the next turn taken.",
            footer=True,
        ),
        Action(name="back", keys=("comma", "left", "h"), label="Back", help="One turn back."),
        Action(
            name="slower",
            call="faster(-1)",
            keys=("left_square_bracket",),
            label="Slower",
            help="Play more slowly.",
        ),
        Action(
            name="faster",
            call="faster(1)",
            keys=("right_square_bracket",),
            label="Faster",
            help="Play faster.",
        ),
        Action(name="start", keys=("home",), label="Start", help="Go to the beginning."),
        Action(name="end", keys=("end",), label="End", help="Go to the end, and follow it."),
        Action(name="turn", keys=("g",), label="Turn", help="Go to a turn by its number.", footer=True),
        Action(
            name="stop",
            keys=("escape",),
            label="Stop",
            help="Stop the model now and keep what it has said; elsewhere, close what is open.",
        ),
        Action(
            name="edit",
            keys=("e",),
            label="Edit",
            help="Change a text and go on from there; what was said before stays as a branch.",
            footer=True,
            live=True,
        ),
        Action(
            name="edit_outside",
            keys=("E",),
            label="Editor",
            help="As edit, in your own editor.",
            live=True,
        ),
        Action(
            name="retake",
            keys=("r",),
            label="Retake",
            help="Have this turn spoken again; the old one stays as a branch.",
            footer=True,
            live=True,
        ),
        Action(
            name="take_before",
            call="other_take(-1)",
            keys=("less_than_sign",),
            label="Take before",
            help="See the take before.",
        ),
        Action(
            name="take_after",
            call="other_take(1)",
            keys=("greater_than_sign",),
            label="Take after",
            help="See the take after.",
        ),
        Action(
            name="whisper",
            keys=("d",),
            label="Whisper",
            help="Give one agent a director's note that nobody else hears.",
            live=True,
        ),
        Action(
            name="seat", keys=("t",), label="Seat", help="Take an agent's seat, or leave it again.", live=True
        ),
        Action(
            name="why",
            keys=("i",),
            label="Why",
            help="Why this was said: the prompt, what the agent knew, seed, tokens, time.",
            footer=True,
        ),
        Action(
            name="branch", keys=("b",), label="Branch", help="Go on from after this turn on a new branch."
        ),
        Action(
            name="branches", keys=("B",), label="Branches", help="The tree of branches; compare two of them."
        ),
        *(
            Action(
                name=f"cue_{number}",
                call=f"cue({number})",
                keys=(str(number),),
                label=f"Cue {number}",
                help=f"Hear agent {number} next.",
                live=True,
                palette=False,
            )
            for number in range(1, 10)
        ),
        Action(name="next_panel", keys=("tab",), label="Next", help="Go to the next panel.", palette=False),
        Action(
            name="panel_before",
            keys=("shift+tab",),
            label="Before",
            help="Go to the panel before.",
            palette=False,
        ),
        *(
            Action(
                name=f"show_{name}",
                call=f"panel('{name}')",
                keys=(key,),
                label=name.capitalize(),
                help=f"Show the {name}.",
                palette=True,
            )
            for key, name in (
                ("f2", "debate"),
                ("f3", "plot"),
                ("f4", "script"),
                ("f5", "takes"),
                ("f6", "cast"),
                ("f7", "critic"),
            )
        ),
        Action(
            name="alone", keys=("z",), label="Whole", help="Give this panel the whole screen, or end that."
        ),
        Action(
            name="larger",
            call="grow(1)",
            keys=("plus", "equals_sign"),
            label="Larger",
            help="Make this panel larger.",
        ),
        Action(
            name="smaller", call="grow(-1)", keys=("minus",), label="Smaller", help="Make this panel smaller."
        ),
        Action(name="even", keys=("0",), label="Even", help="Put all panels back to their usual sizes."),
        Action(
            name="copy", keys=("y",), label="Copy", help="Copy the text under the cursor to the clipboard."
        ),
        Action(name="leave", keys=("q",), label="Home", help="Go back to the list of sessions."),
    ),
)
