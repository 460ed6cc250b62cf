"""Texts for tests of the critic: written for them, so that they may lie here."""

from __future__ import annotations

import random
from typing import Final

HUMAN: Final = (
    "Dad's boots were still by the door. Nobody had moved them, not even Mum, who moves "
    "everything. I put my foot "
    "in one. Cold. There was a bus ticket down in the toe and I don't know why that got me, but "
    "it did, and I sat "
    'on the stairs like a kid. "You coming or what?" Ray shouted from the van. He had the engine '
    "going. He always "
    "has the engine going; he thinks if he switches it off it'll never start again, and he's probably right. "
    '"Two minutes." "You said that ten minutes ago." I had. I put the ticket in my pocket, then '
    "took it out and "
    "put it back in the boot, because it was his. Then I went. We drove past the school and the "
    "place that used "
    "to be the Odeon. Ray didn't say anything till the ring road. Then he said the brakes were going."
)
"""Some 140 words."""
MACHINE: Final = (
    "As the sun dipped below the horizon, casting a golden glow over the small town of "
    "Willowdale, Sarah took a "
    "deep breath. She couldn't help but feel a sense of wonder at the tapestry of colors that "
    "stretched before "
    "her. The air was thick with the scent of blooming jasmine, and in that moment, she knew that "
    "everything was "
    'about to change. "I have to find the truth," she whispered, her voice barely above a whisper. Her heart '
    "pounded in her chest as she stepped forward, determined to uncover the secrets that had "
    "haunted her family "
    "for generations. The journey would not be easy, but she was ready to embrace whatever lay ahead. As she "
    "walked through the ancient forest, shadows dancing around her, she realized that the answer "
    "had been within "
    "her all along, waiting patiently to be discovered."
)

_NOUNS: Final = [
    "door",
    "kettle",
    "dog",
    "ladder",
    "coat",
    "letter",
    "boat",
    "lamp",
    "road",
    "cellar",
    "window",
    "piano",
]
_VERBS: Final = ["took", "dropped", "saw", "wanted", "hid", "mended", "sold", "left", "found", "carried"]
_PEOPLE: Final = ["Ann", "Tom", "Ruth", "Peter", "Nora", "Jack"]


def people_like(seed: int, sentences: int = 16) -> str:
    """Uneven sentences, talk, contractions."""
    chance = random.Random(seed)
    out: list[str] = []
    for _ in range(sentences):
        who, what, other = chance.choice(_PEOPLE), chance.choice(_NOUNS), chance.choice(_NOUNS)
        out.append(
            chance.choice(
                (
                    f"{who} {chance.choice(_VERBS)} the {what}.",
                    f'"I don\'t want your {what}," said {who}.',
                    f'"No," I said. "Well. It\'s only a {what}, and you never liked the {other} '
                    f'in the first place."',
                    f"There was the {what}, and behind it, where nobody had looked since {who}'s "
                    f"wedding, the {other}.",
                    "Nothing.",
                )
            )
        )
    return " ".join(out)


def machine_like(seed: int, sentences: int = 10) -> str:
    """Even sentences with participles and named feelings."""
    chance = random.Random(1000 + seed)
    return " ".join(
        f"{chance.choice(_PEOPLE)} {chance.choice(_VERBS)} the {chance.choice(_NOUNS)} with a "
        f"sense of wonder, "
        f"realizing that the {chance.choice(_NOUNS)} had always been a reminder of hope."
        for _ in range(sentences)
    )
