"""Files become passages: prose whole, scripts scene by scene, folders by who wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from writersroom.critic.corpus import read_folder, read_passages, spread
from writersroom.critic.errors import TooFewTexts, UnreadableText

SCRIPT = "INT. KITCHEN - NIGHT\n\nShe turns.\n\nMARY\nWhere is it?\n\nEXT. YARD - DAY\n\nRain.\n"
FDX = """<?xml version="1.0"?><FinalDraft><Content>
<Paragraph Type="Scene Heading"><Text>INT. KITCHEN</Text></Paragraph>
<Paragraph Type="Action"><Text>She </Text><Text>turns.</Text></Paragraph>
<Paragraph Type="Character"><Text>MARY</Text></Paragraph>
<Paragraph Type="Dialogue"><Text>Where is it?</Text></Paragraph>
</Content></FinalDraft>"""


def _write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.fountain", "a.txt"])
def test_a_script_is_its_scenes(name: str, tmp_path: Path) -> None:
    found = read_passages(_write(tmp_path / name, SCRIPT))
    assert [(one.scene, one.text) for one in found] == [
        ("INT. KITCHEN - NIGHT", 'She turns. "Where is it?"'),
        ("EXT. YARD - DAY", "Rain."),
    ]


def test_final_draft_is_read(tmp_path: Path) -> None:
    [scene] = read_passages(_write(tmp_path / "a.fdx", FDX))
    assert (scene.scene, scene.text) == ("INT. KITCHEN", 'She turns. "Where is it?"')


def test_prose_is_one_text_or_its_chapters(tmp_path: Path) -> None:
    [whole] = read_passages(_write(tmp_path / "a.md", "It rained.\n\n* * *\n\nIt stopped."))
    assert whole.scene == ""
    part = "It rained all day. " * 40
    chapters = read_passages(_write(tmp_path / "b.txt", f"CHAPTER ONE\n\n{part}\n\nCHAPTER TWO\n\n{part}"))
    assert [one.scene for one in chapters] == ["1", "2"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"caf\xc3\xa9", "café"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
        ("café".encode("utf-16"), "café"),
        (b"\xff\x00\xfa", "\xff\x00\xfa"),
        (b"", ""),
    ],
)
def test_any_bytes_become_text(raw: bytes, text: str, tmp_path: Path) -> None:
    assert read_passages(_write(tmp_path / "a.txt", raw))[0].text == text


@pytest.mark.parametrize(
    "text",
    ["no xml", "<a/>", '<!DOCTYPE x [<!ENTITY a "aaaa">]><FinalDraft>&a;</FinalDraft>'],
)
def test_what_is_no_final_draft_file_is_refused_by_name(text: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableText, match=r"a\.fdx"):
        read_passages(_write(tmp_path / "a.fdx", text))


def test_a_file_far_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableText, match="16 MB"):
        read_passages(_write(tmp_path / "a.txt", b"word " * 4_000_000))


def test_a_script_that_cannot_be_read_is_one_text(tmp_path: Path) -> None:
    found = read_passages(_write(tmp_path / "a.fountain", "INT. A\n\n" + "x" * 300_000))
    assert len(found) == 1


def test_folders_tell_who_wrote(tmp_path: Path) -> None:
    for name in ("m/gpt/1.txt", "m/gpt/2.txt", "m/llama/1.md", "m/notes.pdf"):
        _write(tmp_path / name, "Some words.")
    found = read_folder(tmp_path / "m", named="machine")
    assert [(one.path.name, one.source) for one in found] == [
        ("1.txt", "gpt"),
        ("2.txt", "gpt"),
        ("1.md", "llama"),
    ]
    for number in range(6):
        _write(tmp_path / f"flat/{'ab'[number % 2]}_{number}.txt", "Some words.")
        _write(tmp_path / f"numbers/{number}.txt", "Some words.")
    assert {one.source for one in read_folder(tmp_path / "flat", named="machine")} == {"a", "b"}
    assert {one.source for one in read_folder(tmp_path / "numbers", named="machine")} == {"machine"}
    taken, rest = spread(found, 2)
    assert [one.source for one in taken] == ["gpt", "llama"]
    assert [one.path.name for one in rest] == ["2.txt"]
    assert spread(found, 9)[1] == []


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        read_folder(_write(tmp_path / "a.txt", ""), named="x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(TooFewTexts, match="empty"):
        read_folder(tmp_path / "empty", named="x")
