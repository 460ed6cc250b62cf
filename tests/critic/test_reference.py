"""A corpus of one's own: passages of about one length, and a word on what was left out."""

from __future__ import annotations

import textwrap
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.critic.test_guards import CODE, VERSE
from writersroom.critic.reference import FEWEST, MOST_PASSAGES, WORDS, passages_of, read_corpus

WHO = ("The keeper", "Her sister", "A man from the harbour", "Mara", "The youngest of them")
DID = ("found", "forgot", "sold", "had been looking for", "would not give back")
WHAT = ("the lamp", "a coat of his", "two letters", "the key to the boat", "what was left of the bread")
WHEN = ("in the morning", "before anyone was up", "and told nobody", "because it was cold", "on the stairs")


def said(number: int) -> str:
    """A sentence; up to 625 of them are different."""
    parts = (number, number // 5, number // 25, number // 125)
    who, did, what, when = (words[at % 5] for words, at in zip((WHO, DID, WHAT, WHEN), parts, strict=True))
    return f"{who} {did} {what} {when}."


def prose(first: int, count: int) -> str:
    return " ".join(said(number) for number in range(first, first + count))


FOUNTAIN = "INT. LIGHTHOUSE - NIGHT\n\n" + "\n\n".join(
    f"Mara drops the keys.\n\nMARA\n(low)\n{said(number)}" if number % 7 == 0 else said(number)
    for number in range(30)
)
FDX = (
    '<?xml version="1.0"?><FinalDraft><Content>'
    '<Paragraph Type="Scene Heading"><Text>INT. HALL</Text></Paragraph>'
    + "".join(
        f'<Paragraph Type="Action"><Text>{said(number)[:9]}</Text><Text>{said(number)[9:]}</Text></Paragraph>'
        '<Paragraph Type="Character"><Text>MARA</Text></Paragraph>'
        f'<Paragraph Type="Dialogue"><Text>{said(number + 300)}</Text></Paragraph>'
        for number in range(20)
    )
    + "</Content></FinalDraft>"
)


def test_scripts_and_prose_become_passages_of_the_same_form(tmp_path: Path) -> None:
    (tmp_path / "plays").mkdir()
    (tmp_path / "plays" / "a.fountain").write_text(FOUNTAIN)
    (tmp_path / "b.FDX").write_text(FDX)
    (tmp_path / "c.txt").write_text(prose(40, 40), encoding="utf-8-sig")
    (tmp_path / "d.md").write_text("# Title\n\n" + f"**{prose(100, 20)}**")
    (tmp_path / "e.txt").write_bytes(("Café. " + prose(150, 15)).encode("cp1252"))
    (tmp_path / "f.pdf").write_bytes(b"%PDF")
    corpus = read_corpus(tmp_path)
    assert corpus.problems == ()
    assert corpus.files == 5
    together = "\n".join(corpus.passages)
    assert f'Mara drops the keys. "{said(7)}"' in together
    assert f'{said(3)} "{said(303)}"' in together
    assert "MARA" not in together
    assert "INT." not in together
    assert all(FEWEST <= len(passage.split()) <= 2 * WORDS for passage in corpus.passages)


def test_what_cannot_be_read_is_named_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\0\1\2 " * 100)
    (tmp_path / "b.fdx").write_text("<FinalDraft><Paragraph>")
    (tmp_path / "c.fdx").write_text('<!DOCTYPE x [<!ENTITY a "aaa">]><FinalDraft/>')
    (tmp_path / "d.fountain").write_text("No scene here.")
    (tmp_path / "e.txt").write_text("Too short.")
    (tmp_path / "f.txt").write_text("")
    corpus = read_corpus(tmp_path)
    assert corpus.passages == ()
    assert corpus.files == 0
    assert len(corpus.problems) == 6
    for name, problem in zip("abcdef", corpus.problems, strict=True):
        assert f"{name}." in problem, problem
        assert problem.endswith(".")
    assert read_corpus(tmp_path / "none").passages == ()


def test_verse_and_code_are_left_out_however_much_of_them_there_is(tmp_path: Path) -> None:
    (tmp_path / "code.txt").write_text(CODE * 12)
    (tmp_path / "verse.txt").write_text(VERSE * 6)
    (tmp_path / "wrapped.txt").write_text(textwrap.fill(prose(0, 60), 60))
    corpus = read_corpus(tmp_path)
    assert corpus.files == 1
    assert corpus.passages
    assert all("\n" not in passage for passage in corpus.passages)
    code, verse = corpus.problems
    assert "code.txt was left out: It looks like program code" in code
    assert "verse.txt was left out: It looks like verse" in verse


def test_a_large_corpus_is_taken_evenly(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(" ".join(f"Part {number}. {prose(0, 500)}" for _ in range(5)))
    corpus = read_corpus(tmp_path)
    assert len(corpus.passages) == MOST_PASSAGES
    parts = {part for passage in corpus.passages for part in range(4) if f"Part {part}." in passage}
    assert parts == {0, 1, 2, 3}


@given(st.text(alphabet="ab. !?\n\"'é", max_size=4000))
@settings(max_examples=40, deadline=None)
def test_passages_are_the_text_without_its_rest(text: str) -> None:
    joined = " ".join(passages_of(text)).split()
    assert joined == text.split()[: len(joined)]
    assert len(text.split()) - len(joined) < 2 * WORDS
