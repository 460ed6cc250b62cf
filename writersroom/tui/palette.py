"""The palette: everything that can be done where one is, found by its name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from writersroom.tui.actions import Action, Group, app_of, own_keys
from writersroom.tui.footer import key_name
from writersroom.tui.mosaic.mosaic import Mosaic


class Offer(NamedTuple):
    """Something that can be done, and where."""

    node: DOMNode
    group: Group
    action: Action
    key: str
    """The one of its keys that is shown."""

    @property
    def title(self) -> str:
        """As the palette lists it."""
        return f"{self.group.title}: {self.action.label} ({key_name(self.key)})"


class Palette(Provider):
    """Offers what the registry says of every panel on the screen, of the screen and of the app."""

    async def discover(self) -> Hits:
        """Everything, before a word is written."""
        for offer in self.offers():
            yield DiscoveryHit(Content(offer.title), partial(self._do, offer), offer.title, offer.action.help)

    async def search(self, query: str) -> Hits:
        """What has these letters in its name, or in the sentence that explains it."""
        matcher = self.matcher(query)
        for offer in self.offers():
            score = max(matcher.match(offer.title), 0.9 * matcher.match(offer.action.help))
            if score > 0:
                yield Hit(
                    score, Content(offer.title), partial(self._do, offer), offer.title, offer.action.help
                )

    def offers(self) -> Iterator[Offer]:
        """What can be done, the panel in use first."""
        live = bool(getattr(getattr(self.screen, "player", None), "live", True))
        own = own_keys(self.screen)
        seen: set[str] = set()
        focused = self.focused
        inner = () if focused is None else focused.ancestors_with_self
        for node in (*inner, *self.screen.query("*"), self.screen, app_of(self.screen)):
            group = getattr(node, "ACTIONS", None)
            if not isinstance(group, Group) or group.name in seen:
                continue
            if not node.display and _mosaic_of(node) is None:
                continue  # The form of a person's turn, when it is nobody's.
            seen.add(group.name)
            for action in group.actions:
                if action.palette and (live or not action.live):
                    yield Offer(node, group, action, group.keys_of(action, own)[0])

    async def _do(self, offer: Offer) -> None:
        mosaic = _mosaic_of(offer.node)
        if mosaic is not None and offer.node.id:
            mosaic.reveal(offer.node.id)  # Textual would give the keys to a panel that nobody sees.
        focus = getattr(offer.node, "focus", None)
        if callable(focus) and getattr(offer.node, "can_focus", False):
            focus()
        await app_of(self.screen).run_action(offer.action.call or offer.action.name, offer.node)


def _mosaic_of(node: DOMNode) -> Mosaic | None:
    """What shares the screen out among panels, of which this is one."""
    return node.parent if isinstance(node.parent, Mosaic) else None
