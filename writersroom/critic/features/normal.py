"""The one form in which every text is measured.

A discriminator learns whatever tells its two sides apart, and in collected texts that is often the
collector:
typographic quotes, `ca n't`, `<newline>`, Markdown, "Sure! Here is a story". None of it says who wrote. So
the form below is taken before anything is counted: one kind of quote, dash and ellipsis, no markup, no line
breaks, none of an assistant's talk round the text.
"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from writersroom.critic.features.wrapping import BOLD_LINE, BULLET, HEADING, RULE, TITLE_LINE, unwrapped
from writersroom.frozen import Frozen

_NEWLINE_MARKS: Final = re.compile(r"<\s*(?:newline|br|n|p)\s*(?:/\s*)?>|\r\n?|[\u2028\u2029\x0b\x0c]", re.I)
_RUN_OF_BLANKS: Final = re.compile(r"(?<=[^ \n]) {2,}")
_INDENT: Final = re.compile(r"^ {8,}", re.M)
_EMPTY_LINES: Final = re.compile(r"\n(?: *\n){2,}")
_DEEP: Final = " " * 7
"""More than any pattern below lets stand before a bullet, a quote mark or a heading."""
_TAG: Final = re.compile(r"</?[A-Za-z][^<>\n]{0,120}>|<!--(?:(?!<!--).)*?-->", re.S)
_TITLE: Final = re.compile(
    r"^\s*(?:by:?\s+)?[A-Z\"\u201c]\S*(?:\s+\S+){0,8}(?<![.!?,;:\"'\u201d\u2019\u2026\u2014-])\s*$|^\s*$"
)
_CUE: Final = re.compile(
    r"^\s*@?(?=[^a-z\n]*[A-Z]{2})[A-Z][A-Z0-9 .'\u2019&#-]{0,38}(?:\s*\([^()\n]{1,20}\))?\s*[:^]?\s*$"
)
_SLUG: Final = re.compile(r"^\s*(?:(?:INT|EXT|EST|INT\.?/EXT|I/E)[. ]|\.[A-Z])\S*.{0,120}$")
_TRANSITION: Final = re.compile(r"^\s*(?:[A-Z ]{2,30}TO:|FADE (?:IN|OUT)[.:]?|THE END\.?|>.*<?)\s*$")
_LABELLED: Final = re.compile(r"^\s*(?=[^a-z\n:]{2,40}[.:])[A-Z][A-Z .'\u2019-]{1,38}[:.]\s+(\S.*)$")
_TITLES: Final = 2
"""Lines at the head that may be a title and an author."""
_QUOTED_LINE: Final = re.compile(r"^\s{0,3}(?:>\s?)+")
_IMAGE_OR_LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{1,400}\)")
_UNDERSCORED: Final = re.compile(r"(?<!\w)_{1,3}(?=\S)([^_\n]{1,400}?)(?<=\S)_{1,3}(?!\w)")
_DOUBLE_QUOTES: Final = re.compile(
    "[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d\uff02]|``|''|\u00b4\u00b4"
)
_SINGLE_QUOTES: Final = re.compile("[\u2018\u2019\u201a\u201b\u2032\u00b4`\uff07\u2039\u203a]")
_DASH: Final = re.compile(
    r"\s*(?:[\u2014\u2015\u2e3a\u2e3b]|-{2,}|(?<=\s)[-\u2013\u2212](?=\s)|"
    r"\u2013(?!\d))(?:\s*[-\u2013\u2014\u2015])*\s*"
)
_ELLIPSIS: Final = re.compile(r"\s?(?:\u2026|\.(?:\s?\.){1,})+")
_PARTED: Final = re.compile(r"\s+(?=(?:n't|'(?:s|re|ve|ll|d|m|t)|'(?:S|RE|VE|LL|D|M|T))\b)")
_SPACE_BEFORE: Final = re.compile(r"\s+(?=[,;:!?%)\]}]|\.(?!\w))")
_SPACE_AFTER: Final = re.compile(r"(?<=[(\[{])\s+")
_SPOKEN_IN_SINGLES: Final = re.compile(
    r"(?<![\w'])'(?=[\w\"—.])((?:[^'\n]|"
    r"(?<=\w)'(?=\w)){1,600}?[,.!?;:—]|[^'\n]{1,40})'(?![\w'])"
)
_SPACES: Final = re.compile(r"\s+")
_LONGEST: Final = 100
"""Characters of a word; a longer one is data. No text of the development data has one."""
_CHAIN: Final = 1_000
"""Characters of words that dashes join, and no blank parts; of more the last word is left."""
_SENTENCE_END: Final = re.compile(
    r"(?<=[.!?])(?:[\"')\]]*)\s+(?=[\"'(\[]?[A-Z0-9\u00c0-\u00de])|"
    r"(?<=[.!?][\"')\]])\s+(?=[\"'(\[]?[A-Z0-9\u00c0-\u00de])"
)
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Jr|Capt|Lt|Col|Gen|Rev|vs|etc|e\.g|i\.e|No)\.|\b[A-Z]\.)$"
)

_OFFERED: Final = (
    r"\b(?:story|scene|draft|version|continuation|rewrite|prompt|text|response|take|revision|passage|script|"
    r"dialogue)\b"
)
_HERE: Final = r"(?:here(?:'s| is| are)|below is)\b"
_WILLING: Final = r"(?:i'd|i'll|i'm|i can|i would|i will|let's|let me)\b"
_LEAD: Final = re.compile(
    r"^(?:(?:sure|certainly|absolutely|of course|great|okay|ok|hello|hi|got it|no problem)(?:"
    r"(?: there| thing)?!\s*(?=(?-i:[A-Z\"'(])|here|i |let|i'|below)|"
    rf"[.,:—-]\s*(?={_HERE}[^.!?\n]{{0,120}}{_OFFERED})|"
    rf"[.,—-]\s*{_WILLING}[^.!?:\n]{{0,60}}\b(?:help|assist|story|prompt|get started)\b"
    r"[^.!?:\n]{0,60}[!.:]\s*)|"
    rf"(?:{_HERE}|(?:this is|the following is)\b)[^.!?\n]{{0,120}}{_OFFERED}"
    r"[^.!?:\n]{0,120}(?::|(?P<told>[.!])(?=\s))\s*|"
    r"(?:i'd be happy to|i would be happy to|i'm happy to|i'd love to|i'm here to|let's get "
    r"started|let me know|"
    r"thank you for|thanks for|as an ai)\b[^.!?\n]{0,200}[.!?:]\s*|"
    r"(?:assistant|ai|response|answer|output|story)\s*:\s*)",
    re.I,
)
"""What an assistant begins with. "This is the story of my father." is a person's: what is `told` is taken off
only where the line ends with it."""
_LEADS: Final = 4
"""Of these that are taken off at most."""
_TALK: Final = re.compile(
    r"\b(?:i hope (?:you|this|that)\b.{0,40}\b(?:enjoy|help|like|find|meets?|works?|satisf)|let "
    r"me know (?:if|what|how|whether)|"
    r"feel free to|would you like (?:me|to (?:see|read|continue))|is there anything else|"
    r"(?:what|how) would you like|as an ai\b|as a language model|i(?:'m| am) (?:just )?an? (?:ai|"
    r"language model|assistant)|"
    r"happy to (?:help|revise|adjust|continue|write|expand)|(?:do|did) you (?:want|like) (?:me|this)|"
    r"if you(?:'d| would) like(?:,)? (?:me|i can|a |another|more|to )|this (?:story|scene|draft|"
    r"piece|passage) (?:was|is) (?:based|written|inspired|meant|designed|a reflection)|"
    r"(?:word count|note|disclaimer|end of (?:story|scene))\s*:|in response to (?:your|the) "
    r"prompt|thanks? (?:you )?for (?:reading|the prompt|your (?:prompt|request))|"
    r"(?:here(?:'s| is) (?:a|the|my|your) (?:revised|rewritten|new|updated|requested)?\s?(?:story|"
    r"scene|draft|version|continuation|rewrite|take|revision)\b(?! (?:of|about)\b)))",
    re.I,
)
_TURN: Final = re.compile(
    r"(?:^|(?<=[.!?] )|(?<=[.!?][\"')\]] ))"
    r"(Human|User|Assistant|System|HUMAN|USER|ASSISTANT|SYSTEM|###\s?\w+)\s?:"
)
"""Who speaks next in a conversation with an assistant. "The alarm system:" and "only human:" are prose."""


class NormalForm(Frozen):
    """A text ready to be measured, and what was taken off it."""

    text: str
    """One line: single spaces, straight quotes, unspaced dashes, no markup."""
    chatter: tuple[str, ...] = ()
    """What an assistant said about the text, taken off its beginning and end, or found within it."""

    @property
    def talk(self) -> float:
        """Share of the words that was taken off as chatter, 0..1."""
        taken = sum(len(one.split()) for one in self.chatter)
        return taken / max(taken + len(self.text.split()), 1)


def normal_form(text: str) -> NormalForm:
    """Bring a text into the form in which it is measured.

    Never raises; of a text that has nothing to measure an empty one is left.
    """
    paragraphs = _without_markup(_characters(text))
    return _without_chatter(_without_data(_one_line(paragraphs)), paragraphs)


def sentences_of(plain: str) -> list[str]:
    """The sentences of a text in normal form, in order; joined by single spaces they are the text."""
    found: list[str] = []
    begin = 0
    for match in _SENTENCE_END.finditer(plain):
        if _ABBREVIATION.search(plain, max(0, match.start() - 6), match.start()):
            continue
        at = match.start() + len(match.group().rstrip())
        found.append(plain[begin:at])
        begin = match.end()
    found.append(plain[begin:])
    return [one for one in found if one.strip()]


def words_of(plain: str) -> list[str]:
    """Words as a reader counts them: between spaces, with their punctuation."""
    return plain.split()


class _Characters(dict[int, str | None]):
    """What each character becomes, found out when first met.

    One kind of blank, one width and one typeface of letters; the unseen is gone.
    """

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        kind = unicodedata.category(char)
        blank = kind == "Zs" or char == "\t"
        unseen = char != "\n" and kind in ("Cc", "Cf", "Cs", "Co", "Cn")
        ends = kind in ("Zl", "Zp")  # an entity may have stood for it
        # Full-width letters and mathematical ones are the same letters, otherwise drawn.
        wide = unicodedata.decomposition(char).startswith(("<wide>", "<font>"))
        shown = unicodedata.normalize("NFKC", char) if wide else char
        self[code] = " " if blank else "\n" if ends else None if unseen else shown
        return self[code]


_SEEN: Final = _Characters()


def _characters(text: str) -> str:
    """One kind of each character, and no long run of blanks or of empty lines.

    The patterns that follow begin or end with blanks, which takes time with the square of a run's length.
    """
    text = unicodedata.normalize("NFC", html.unescape(_NEWLINE_MARKS.sub("\n", text))).translate(_SEEN)
    return _EMPTY_LINES.sub("\n\n", _INDENT.sub(_DEEP, _RUN_OF_BLANKS.sub(" ", text)))


def _without_markup(text: str) -> str:
    """The paragraphs of a text, a line each."""
    lines = _IMAGE_OR_LINK.sub(r"\1", _TAG.sub("", text)).split("\n")
    if _is_script(lines):
        paragraphs = [_QUOTED_LINE.sub("", line) for line in _without_cues(lines)]
    else:
        paragraphs = unwrapped([_QUOTED_LINE.sub("", line) for line in lines])
    several = sum(bool(one.strip()) for one in paragraphs) > 1
    titles = 0
    kept: list[str] = []
    for one in paragraphs:
        if not kept and titles < _TITLES and several and _TITLE.match(one):
            titles += bool(one.strip())
            continue
        if HEADING.match(one) and len(one.split()) > 16:
            one = one.lstrip(" #")
        if HEADING.match(one) or RULE.match(one) or BOLD_LINE.match(one) or TITLE_LINE.match(one):
            continue
        kept.append(BULLET.sub("", one))
    text = "\n".join(kept)
    text = _UNDERSCORED.sub(r"\1", text).replace("*", "").replace("```", " ")
    return re.sub(r"(?<!`)`([^`'\n]{1,80})`(?!`)", r"\1", text)


def _is_script(lines: Sequence[str]) -> bool:
    return sum(_CUE.match(line) is not None for line in lines) > 1 or any(map(_SLUG.match, lines))


def _without_cues(lines: Sequence[str]) -> list[str]:
    """Of a script: what is done, and what is said in quotes, without headings, cues and parentheticals."""
    out: list[str] = []
    speaking = False
    for line in lines:
        bare = line.strip()
        if (
            _SLUG.match(line)
            or _TRANSITION.match(line)
            or (speaking and bare[:1] == "(" and bare[-1:] == ")")
        ):
            continue
        if _CUE.match(line):
            speaking = True
        elif not bare:
            speaking = speaking and bool(out) and _CUE.match(out[-1]) is not None
            out.append("")
        elif speaking:
            inside = bare.strip('"\u201c\u201d')
            out.append(f'"{inside}"')
        else:
            label = _LABELLED.match(line)
            out.append(f'"{label.group(1).strip()}"' if label else line)
    return out


def _one_line(text: str) -> str:
    paragraphs = (_paragraph(part) for part in text.split("\n"))
    return _SPACES.sub(" ", _paired_quotes(" ".join(part for part in paragraphs if part))).strip()


def _paragraph(text: str) -> str:
    text = _SINGLE_QUOTES.sub("'", _DOUBLE_QUOTES.sub('"', text))
    text = _PARTED.sub("", f" {text.strip()} ")
    text = _DASH.sub("—", _ELLIPSIS.sub("...", text))
    text = _SPOKEN_IN_SINGLES.sub(r'"\1"', text)
    text = _SPACE_AFTER.sub("", _SPACE_BEFORE.sub("", text))
    return text.strip().lstrip("—").strip("~|=#_ ")


def _paired_quotes(text: str) -> str:
    """No space inside double quotes, and one outside where a word is.

    What stands beside a quote tells whether it opens; where that does not, it does what the last one did not.
    """
    parts = text.split('"')
    if len(parts) == 1:
        return text
    pieces = [parts[0]]
    opens = False
    for before, part in itertools.pairwise(parts):
        free = not before or before[-1] in " ([—", not part or part[0] in " ,.;:!?)]—"
        opens = free[0] if free[0] != free[1] else not opens
        if opens:
            glued = not pieces[-1].rstrip() or pieces[-1].rstrip()[-1] in "([—"
            pieces[-1] = pieces[-1].rstrip()
            pieces.append(('"' if glued else ' "') + part.lstrip())
        else:
            bare = part.lstrip()
            pieces[-1] = pieces[-1].rstrip()
            pieces.append(('"' if not bare or bare[0] in ",.;:!?)]—'" else '" ') + bare)
    return "".join(pieces)


def _without_data(plain: str) -> str:
    """Without addresses and embedded images: nobody wrote them as words, and one alone can fill a window."""
    words = plain.split(" ")
    if max(map(len, words)) <= _LONGEST:
        return plain
    return " ".join(short for word in words if (short := _shortened(word)))


def _shortened(word: str) -> str:
    kept = "—".join(part for part in word.split("—") if len(part) <= _LONGEST)
    return kept if len(kept) <= _CHAIN else kept.rpartition("—")[2]


def _first_lines(paragraphs: str) -> frozenset[str]:
    """What stands before each of the first line breaks, as it reads in one line."""
    first = [one for one in paragraphs.split("\n", 12) if one.strip()][:_LEADS]
    return frozenset(_one_line("\n".join(first[: at + 1])) for at in range(len(first)))


def _without_chatter(plain: str, paragraphs: str) -> NormalForm:
    taken: list[str] = []
    whole = plain
    for _ in range(_LEADS):
        lead = _LEAD.match(plain)
        if lead is None or not lead.group().strip():
            break
        rest = plain[lead.end() :].lstrip()
        if lead["told"] and whole[: len(whole) - len(rest)].strip() not in _first_lines(paragraphs):
            break
        taken.append(lead.group().strip())
        plain = rest
    turns = list(_TURN.finditer(plain))
    if turns and turns[0].start() == 0:
        plain = plain[turns[0].end() :].lstrip()
    elif len({turn.group(1).lower() for turn in turns}) > 1:  # one alone may be somebody's name
        taken.append(plain[turns[0].start() :].strip())
        plain = plain[: turns[0].start()].rstrip()
    sentences = sentences_of(plain)
    edges = {*range(2), *range(len(sentences) - 4, len(sentences))}
    talk = {at for at in edges if 0 <= at < len(sentences) and _is_talk(sentences[at])}
    taken += [sentences[at] for at in sorted(talk)]
    kept = [one for at, one in enumerate(sentences) if at not in talk]
    return NormalForm(text=" ".join(kept), chatter=tuple(taken))


def _is_talk(sentence: str) -> bool:
    return '"' not in sentence and _TALK.search(sentence) is not None
