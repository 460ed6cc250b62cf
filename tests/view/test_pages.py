"""The script so far, scene by scene."""

from __future__ import annotations

from writersroom.view.pages import Page, Script, in_telling_order


def test_scenes_are_read_in_the_order_in_which_their_beats_are_told() -> None:
    beats = {"s1": ("b9", "b3"), "s2": (), "s3": ("b1",), "s4": ("gone",), "s5": ("b2", "b3")}
    script = Script(pages={scene: Page(scene=scene, beats=told) for scene, told in beats.items()})
    read = in_telling_order(script, ("b1", "b2", "b3"))
    assert [page.scene for page in read] == ["s3", "s5", "s1", "s2", "s4"]
