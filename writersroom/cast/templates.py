"""Prompt templates: Jinja2 files that a person edits, rendered strictly and in a sandbox.

Every prompt of a session begins with the same text, so that the engine computes it once: `_shared.md.j2`
gives the system part (the bible) and the beginning of the user part (what was said). A template goes on from
there and ends with what differs most, the agent's own card. One that begins with `=== system ===` stands
alone instead.

Lines like `=== user ===` divide a file into parts before anything is rendered, so no value can begin a part.
`{{ reply }}` stands where the reply begins: what follows it is the reply's own beginning, given to the model
so that it starts in the right form.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self, cast

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from writersroom.cast.errors import BadTemplate
from writersroom.cast.neutral import REPLY_MARK, neutral, plain
from writersroom.cast.samples import SAMPLES, with_less
from writersroom.cast.template_names import Names, first_fault, names_in
from writersroom.cast.toml import read_text
from writersroom.engine.interface import Part, Prompt, Role
from writersroom.frozen import Frozen

SUFFIX: Final = ".md.j2"
SHARED: Final = "_shared"
"""The template all others go on from."""
KEPT: Final = frozenset({"options"})
"""Values that stay in the content-free twin of a prompt.

The bible is blanked with what is asked about, so that the twin is short, and much the same through a
session. What a form leans to beside this bible is taken off by `choices.balanced`.
"""
KEPT_BY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "choose": frozenset({"options", "lead_in"}),
        "choose_role": frozenset({"options", "person"}),
        "choose_stance": frozenset({"options", "card"}),
        "choose_ruling": frozenset({"options", "card"}),
        "yes_no": frozenset({"options", "card", "question"}),
        "convene_premise": frozenset({"lead"}),
        "character_role": frozenset({"person"}),
        "character_want": frozenset({"person"}),
        "pitch_sentence": frozenset({"device", "subject", "others"}),
        "amend_sentence": frozenset({"pitch"}),
        "line": frozenset({"opening"}),
    }
)
"""The same by template, where more tells what the form leans to: the words a reply begins with, and the card
of one who might always object, or always say yes."""
MOST_CHARACTERS: Final = 200_000
"""Of one rendered part."""

_BLANK_LINES: Final = re.compile(r"\n[ \t]*\n[ \t\n]*\n")
_COMMENT: Final = re.compile(r"\{#.*?#\}", re.DOTALL)
_HEADER: Final = re.compile(r"=== *(.*?) *===[ \t]*")
_ROLES: Final[frozenset[str]] = frozenset({"system", "user", "assistant"})


class Rendered(Frozen):
    """A prompt, and the words with which its reply has already begun."""

    parts: tuple[Part, ...]
    begun: str = ""
    """The end of the last part, which belongs to the reply."""


class _Section(NamedTuple):
    """A part of a template, before it is rendered."""

    role: Role | None
    """None: it goes on from what is shared."""
    template: Template


class Templates:
    """The templates of a room, checked."""

    def __init__(self, texts: Mapping[str, str], where: Callable[[str], str]) -> None:
        self.texts: Mapping[str, str] = MappingProxyType(dict(texts))
        """By name, as a session keeps them."""
        self._where = where
        self._environment = _Sandbox(self.texts, where)
        self._sections: dict[str, tuple[_Section, ...]] = {}
        self._names: dict[str, Names] = {}
        self._check()

    @staticmethod
    def load(folder: Path) -> Templates:
        """Read the templates of a room: every `*.md.j2` in its `prompts/`.

        One that no turn asks for and none includes, such as those of an older room, is passed over.

        Raises:
            BadTemplate: one is missing, does not parse, uses a name it is not given, or does something that
                the sandbox forbids. Each is rendered with sample values to find out, those that may be empty
                empty too; and the names are looked up also where none of them leads.
        """
        names = sorted(file.name.removesuffix(SUFFIX) for file in folder.glob(f"*{SUFFIX}"))
        texts = ((name, read_text(folder / f"{name}{SUFFIX}", BadTemplate)) for name in names)
        return _whole(folder, tuple(texts))

    @classmethod
    def of(cls, texts: Mapping[str, str], where: str = "the session") -> Self:
        """The templates that a session was started with (`SessionStarted.templates`).

        Other files kept beside them, whose names end in `.toml`, are passed over, and so is a template that
        no turn asks for any more. An older session may lack one that later ones have; it is refused when it
        is asked for. So is a mistake where sample values never lead: what was played without coming there
        can be shown, and may go on.

        Raises:
            BadTemplate: as `load`, but for that.
        """
        own = {name: text for name, text in texts.items() if not name.endswith(".toml")}
        return cls(own, lambda name: f"{where}, template {name}")

    def require(self, name: str) -> None:
        """Refuse a room that lacks a template.

        Raises:
            BadTemplate: it does.
        """
        if name not in self.texts:
            raise BadTemplate(
                self._where(name),
                0,
                "this template is missing; copy it from a room made by `writersroom new`",
            )

    def render(self, name: str, **values: object) -> tuple[Part, ...]:
        """A prompt; see `prompt`."""
        return self.prompt(name, values).parts

    def prompt(self, name: str, values: Mapping[str, object], *, blank: bool = False) -> Rendered:
        """A prompt and how its reply begins.

        Args:
            name: the template, without folder and suffix.
            values: what it may print, and `shared`: see `samples`.
            blank: give the content-free twin instead: the same form with "N/A" for all that it is about, the
                values in `KEPT_BY` or `KEPT` apart.

        Raises:
            BadTemplate: it is missing, a value it asks for is not there, or it does what the sandbox forbids.
        """
        self.require(name)
        given = cast("dict[str, Any]", plain(values, blank=blank, keep=KEPT_BY.get(name, KEPT)))
        sections = self._sections_of(name)
        parts: list[Part] = []
        if sections[0].role != "system":
            parts += [self._part(SHARED, section, given) for section in self._sections_of(SHARED)]
        for section in sections:
            part = self._part(name, section, given)
            if section.role is None:
                before = parts.pop()
                joined = "\n\n".join(text for text in (before.text, part.text) if text)
                part = Part(role=before.role, text=joined)
            parts.append(part)
        if not any(part.text for part in parts):
            raise BadTemplate(self._where(name), 0, "it renders to nothing")
        *earlier, last = [part for part in parts if part.text]
        text, _, begun = last.text.partition(REPLY_MARK)
        if any(REPLY_MARK in part for part in (begun, *(part.text for part in earlier))):
            raise BadTemplate(self._where(name), 0, "`reply` stands once, in the last part")
        begun = begun.strip()
        last = Part(role=last.role, text=f"{text}{begun}" if begun else text.rstrip(" "))
        return Rendered(parts=(*earlier, last), begun=begun)

    def _part(self, name: str, section: _Section, values: Mapping[str, Any]) -> Part:
        text = ""
        try:
            for piece in section.template.generate({**values, "reply": REPLY_MARK}):
                text += piece
                if len(text) > MOST_CHARACTERS:
                    raise SecurityError(f"it is longer than {MOST_CHARACTERS:,} characters")
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise self._refusal(name, error) from error
        text = _BLANK_LINES.sub("\n\n", neutral(text).strip())
        return Part(role=section.role or "user", text=text)

    def _sections_of(self, name: str) -> tuple[_Section, ...]:
        if name not in self._sections:
            self._sections[name] = tuple(self._divided(name, self.texts[name]))
        return self._sections[name]

    def _divided(self, name: str, text: str) -> Iterator[_Section]:
        """The parts of a file, compiled each for itself; their lines keep their numbers."""
        role: Role | None = None
        begun, lines = 0, text.replace("\r\n", "\n").split("\n")
        for number, line in enumerate([*lines, "=== end ==="]):
            header = _HEADER.fullmatch(line)
            if header is None:
                continue
            source = "\n" * begun + "\n".join(lines[begun:number])
            if role is not None or _COMMENT.sub("", source).strip():
                yield _Section(role, self._compiled(name, source))
            if number == len(lines):
                break
            if header[1] not in _ROLES:
                known = ", ".join(f"=== {one} ===" for one in sorted(_ROLES))
                raise BadTemplate(self._where(name), number + 1, f"there is no part {line!r}, only {known}")
            role, begun = cast("Role", header[1]), number + 1
        if not text.strip():
            raise BadTemplate(self._where(name), 0, "it is empty")

    def _compiled(self, name: str, source: str) -> Template:
        environment = self._environment
        try:
            code = environment.compile(source, name, self._where(name))
        except TemplateSyntaxError as error:
            raise self._refusal(name, error) from error
        return Template.from_code(environment, code, environment.make_globals(None))

    def _check(self) -> None:
        self.require(SHARED)
        shared = [section.role for section in self._sections_of(SHARED)]
        if not shared or shared[0] is None or shared[-1] != "user":
            raise BadTemplate(
                self._where(SHARED),
                1,
                "it must begin with `=== system ===` and end with a `=== user ===` part",
            )
        for name, values in SAMPLES.items():
            if name not in self.texts:
                continue
            # Templates may ask whether the card is inventive; what stands there must render too.
            freely = {**values, "card": values["card"].model_copy(update={"inventive": True})}
            for given in (values, freely):
                self.prompt(name, given)
                self.prompt(name, given, blank=True)

    def check_unreached(self) -> None:
        """What the sample values alone do not come to: a session keeps its templates, and must not stop."""
        for name, values in SAMPLES.items():
            alone = self._sections_of(name)[0].role == "system"
            for one in (name,) if alone else (SHARED, name):
                fault = first_fault(one, {*values, "reply"}, self._names_in)
                if fault is not None:
                    raise BadTemplate(
                        self._where(fault.template.removesuffix(SUFFIX)), fault.line, fault.reason
                    )
            for emptied in with_less(name):
                self.prompt(name, emptied)

    def _names_in(self, name: str) -> Names | None:
        name = name.removesuffix(SUFFIX)
        if name in self.texts and name not in self._names:
            try:
                page = self._environment.parse(self.texts[name], name, self._where(name))
            except TemplateSyntaxError as error:
                raise self._refusal(name, error) from error
            self._names[name] = names_in(page, self._environment.globals.keys())
        return self._names.get(name)

    def _refusal(self, name: str, error: Exception) -> BadTemplate:
        """The error with the file and the line at which it happened, which may be in an included file."""
        if isinstance(error, TemplateSyntaxError):
            return BadTemplate(error.filename or self._where(name), error.lineno, error.message or "syntax")
        if isinstance(error, TemplateNotFound):
            reason = f"there is no template {error.name!r} in this room to include"
        else:
            reason = str(error) or type(error).__name__
        files = {self._where(known) for known in self.texts}
        where, line = self._where(name), 0
        step = error.__traceback__
        while step is not None:
            file = step.tb_frame.f_code.co_filename
            if file in files:
                where, line = file, step.tb_lineno
            step = step.tb_next
        return BadTemplate(where, line, reason)


@functools.lru_cache(maxsize=4)
def _whole(folder: Path, texts: tuple[tuple[str, str], ...]) -> Templates:
    """A room's templates, none missing; checked once as long as nobody edits them, for that takes a while."""
    room = Templates(dict(texts), lambda name: str(folder / f"{name}{SUFFIX}"))
    for name in SAMPLES:
        room.require(name)
    room.check_unreached()
    return room


def laid_out(parts: Sequence[Part], *, chat: bool = False) -> Prompt:
    """Parts as the engine is given them.

    A prompt that begins the reply is one plain page, to be gone on with, unless `chat` asks for the model's
    chat template. Measured on the built-in model, 80 texts of eight kinds: on a plain page 77 had no fault,
    at 10.5 tokens each; by its template 73, at 14.3.
    """
    if chat or parts[-1].role != "assistant":
        return tuple(parts)
    return "\n\n".join(part.text for part in parts)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 without files, chance or long multiplications."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, texts: Mapping[str, str], where: Callable[[str], str]) -> None:
        super().__init__(
            loader=_OwnFolder(texts, where),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        # A prompt rendered again must be the same.
        self.filters.pop("random")
        self.globals.pop("lipsum")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiply numbers only; a string times a million is memory gone."""
        if operator == "**" or not all(isinstance(side, int | float) for side in (left, right)):
            raise SecurityError(f"a template may not use {operator} here")
        return super().call_binop(context, operator, left, right)


class _OwnFolder(BaseLoader):
    """Includes come from the room's templates alone."""

    def __init__(self, texts: Mapping[str, str], where: Callable[[str], str]) -> None:
        self._texts = texts
        self._where = where

    def get_source(self, environment: object, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template by its name, with or without suffix."""
        name = template.removesuffix(SUFFIX)
        if name not in self._texts:
            raise TemplateNotFound(template)
        return self._texts[name], self._where(name), lambda: True
