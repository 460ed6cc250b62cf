"""The rendered text of every template, kept in `golden/`.

After a prompt of the repository was changed on purpose, write them anew and read the difference:

    uv run python -m tests.cast.golden_pages && git diff tests/cast/golden
"""

from __future__ import annotations

from pathlib import Path

from writersroom.cast.samples import SAMPLES
from writersroom.cast.templates import Rendered, Templates

FOLDER = Path(__file__).parent / "golden"
PROMPTS = Path(__file__).parents[2] / "prompts"


def page(templates: Templates, name: str) -> str:
    """A prompt as it is kept, `▸` where the reply begins; of a choice, its content-free twin too."""
    told = _told(templates.prompt(name, SAMPLES[name]))
    if "options" in SAMPLES[name] or name == "yes_no":
        told += f"\n------ content-free ------\n{_told(templates.prompt(name, SAMPLES[name], blank=True))}"
    return told


def _told(rendered: Rendered) -> str:
    *before, last = rendered.parts
    begins = len(last.text) - len(rendered.begun)
    parts = [f"------ {part.role} ------\n{part.text}\n" for part in before]
    parts.append(f"------ {last.role} ------\n{last.text[:begins]}▸{rendered.begun}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    room = Templates.load(PROMPTS)
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for kind in SAMPLES:
        (FOLDER / f"{kind}.txt").write_text(page(room, kind), encoding="utf-8", newline="\n")
