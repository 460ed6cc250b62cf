"""The prefix tree knows what the KV cache holds, whatever is shared, extended, cut and forgotten."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from writersroom.engine.llama.prefixes import PrefixTree, common_length

SHORT = st.lists(st.integers(0, 2), min_size=1, max_size=6)


class Cells(RuleBasedStateMachine):
    """Beside the tree, a model of the cache itself: every cell with its token and its holders."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = PrefixTree()
        self.paths: dict[int, list[int]] = {}  # sequence -> cells, in order
        self.tokens: dict[int, int] = {}  # cell -> token
        self.next_id = 0

    def _new_cells(self, tokens: list[int]) -> list[int]:
        cells = list(range(len(self.tokens), len(self.tokens) + len(tokens)))
        self.tokens.update(zip(cells, tokens, strict=True))
        return cells

    def _pick(self, data: st.DataObject) -> int | None:
        return data.draw(st.sampled_from(sorted(self.paths))) if self.paths else None

    @rule(tokens=SHORT)
    def begin(self, tokens: list[int]) -> None:
        self.tree.extend(self.next_id, tokens)
        self.paths[self.next_id] = self._new_cells(tokens)
        self.next_id += 1

    @rule(data=st.data(), tokens=SHORT)
    def extend(self, data: st.DataObject, tokens: list[int]) -> None:
        sequence = self._pick(data)
        if sequence is not None:
            self.tree.extend(sequence, tokens)
            self.paths[sequence] = self.paths[sequence] + self._new_cells(tokens)

    @rule(data=st.data())
    def share(self, data: st.DataObject) -> None:
        source = self._pick(data)
        if source is not None:
            length = data.draw(st.integers(1, len(self.paths[source])))
            self.tree.share(source, self.next_id, length)
            self.paths[self.next_id] = self.paths[source][:length]
            self.next_id += 1

    @rule(data=st.data())
    def truncate(self, data: st.DataObject) -> None:
        sequence = self._pick(data)
        if sequence is None:
            return
        length = data.draw(st.integers(0, len(self.paths[sequence])))
        before = self._cells()
        freed = self.tree.truncate(sequence, length)
        self.paths[sequence] = self.paths[sequence][:length]
        if not length:
            del self.paths[sequence]
        assert freed == len(before) - len(self._cells())

    @rule(tokens=SHORT)
    def match(self, tokens: list[int]) -> None:
        length, holder = self.tree.match(tokens)
        if holder is None:
            assert length == 0
        else:
            assert [self.tokens[cell] for cell in self.paths[holder]][:length] == tokens[:length]
        # Greedy descent may pass a longer match only where equal runs lie side by side in different cells;
        # one that begins the same way is found at least as far as the first token.
        assert (length > 0) == any(self.tokens[path[0]] == tokens[0] for path in self.paths.values())

    @invariant()
    def counts_cells_once(self) -> None:
        assert self.tree.cells == len(self._cells())

    @invariant()
    def knows_every_path(self) -> None:
        assert self.tree.held == set(self.paths)
        for sequence, path in self.paths.items():
            assert self.tree.tokens(sequence) == [self.tokens[cell] for cell in path]
            assert self.tree.length(sequence) == len(path)
            others = {cell for other, cells in self.paths.items() if other != sequence for cell in cells}
            assert self.tree.exclusive(sequence) == len(set(path) - others)
        some = {sequence for sequence in self.paths if sequence % 2}
        others = {cell for other, cells in self.paths.items() if other not in some for cell in cells}
        assert self.tree.exclusive(*some) == len(self._cells() - others)

    def _cells(self) -> set[int]:
        return {cell for path in self.paths.values() for cell in path}


TestCells = Cells.TestCase
TestCells.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


def test_a_sequence_is_shared_once_and_no_further_than_it_goes() -> None:
    tree = PrefixTree()
    tree.extend(0, [1, 2, 3])
    tree.share(0, 1, 2)
    with pytest.raises(ValueError, match="already holds"):
        tree.share(0, 1, 1)
    with pytest.raises(ValueError, match="does not hold 4"):
        tree.share(0, 2, 4)
    tree.extend(0, [])
    assert tree.length(0) == 3
    assert tree.length(7) == 0


def test_common_length_counts_from_the_start_given() -> None:
    assert common_length([9, 1, 2, 3], [1, 2, 4], 1) == 2
    assert common_length([1, 2], [1, 2, 3]) == 2
    assert common_length([], [1]) == 0
