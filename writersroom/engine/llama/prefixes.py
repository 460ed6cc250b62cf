"""Which tokens are in the KV cache, and which sequences share them.

A radix tree over tokens, as in RadixAttention (Zheng et al. 2024, "SGLang"). A node is a run of cells of
the unified KV cache; the sequences it lists are those llama.cpp has marked on these cells. The tree mirrors
what the worker does with `llama_memory_seq_cp` and `llama_memory_seq_rm`, so it knows without asking how
many cells are taken and what a new prompt can reuse. It holds no reference to llama.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(eq=False)
class _Run:
    """A run of cells: `tokens` follow what `parent` holds."""

    parent: _Run | None
    tokens: list[int]
    holders: set[int]
    children: list[_Run] = field(default_factory=list["_Run"])


def common_length(a: Sequence[int], b: Sequence[int], start: int = 0) -> int:
    """Length of the common prefix of `a[start:]` and `b`."""
    limit = min(len(a) - start, len(b))
    if list(a[start : start + limit]) == list(b[:limit]):
        return limit
    return next(i for i in range(limit) if a[start + i] != b[i])


class PrefixTree:
    """Token paths of all KV sequences, live and cached.

    A sequence id is *held* from `share` (or `extend`) until `truncate` to 0. Two sequences may hold equal
    tokens in different cells (two takes that began alike); the tree keeps such runs side by side.
    """

    def __init__(self) -> None:
        self._root = _Run(parent=None, tokens=[], holders=set())
        self._tails: dict[int, _Run] = {}
        self._lengths: dict[int, int] = {}
        self._cells = 0

    @property
    def cells(self) -> int:
        """KV cells taken by all held sequences; shared ones count once."""
        return self._cells

    @property
    def held(self) -> frozenset[int]:
        """Ids of the sequences that hold tokens."""
        return frozenset(self._tails)

    def length(self, sequence: int) -> int:
        """Tokens that `sequence` holds; 0 for an unknown one."""
        return self._lengths.get(sequence, 0)

    def tokens(self, sequence: int) -> list[int]:
        """The tokens that `sequence` holds, from the first."""
        runs: list[list[int]] = []
        run = self._tails.get(sequence)
        while run is not None:
            runs.append(run.tokens)
            run = run.parent
        return [token for tokens in reversed(runs) for token in tokens]

    def match(self, tokens: Sequence[int]) -> tuple[int, int | None]:
        """Longest prefix of `tokens` in the cache.

        Returns:
            Its length and a sequence that holds it (None with length 0).
        """
        run, length = self._root, 0
        holder: int | None = None
        while True:
            best, best_common = None, 0
            for child in run.children:
                if length < len(tokens) and child.tokens[0] == tokens[length]:
                    common = common_length(tokens, child.tokens, length)
                    if common > best_common:
                        best, best_common = child, common
            if best is None:
                return length, holder
            length += best_common
            holder = min(best.holders)
            if best_common < len(best.tokens):
                return length, holder
            run = best

    def share(self, source: int, sequence: int, length: int) -> None:
        """Let a new `sequence` hold the first `length` tokens of `source`.

        Raises:
            ValueError: `sequence` already holds tokens, or `source` holds fewer than `length`.
        """
        if sequence in self._tails:
            raise ValueError(f"sequence {sequence} already holds tokens")
        if not 0 < length <= self.length(source):
            raise ValueError(f"sequence {source} does not hold {length} tokens")
        tail = self._split_at(source, length)
        run: _Run | None = tail
        while run is not None and run is not self._root:
            run.holders.add(sequence)
            run = run.parent
        self._tails[sequence] = tail
        self._lengths[sequence] = length

    def extend(self, sequence: int, tokens: Iterable[int]) -> None:
        """Append newly computed tokens to `sequence`."""
        new = list(tokens)
        if not new:
            return
        tail = self._tails.get(sequence, self._root)
        if tail is not self._root and not tail.children and tail.holders == {sequence}:
            tail.tokens.extend(new)
        else:
            child = _Run(parent=tail, tokens=new, holders={sequence})
            tail.children.append(child)
            self._tails[sequence] = child
        self._lengths[sequence] = self.length(sequence) + len(new)
        self._cells += len(new)

    def truncate(self, sequence: int, length: int) -> int:
        """Let `sequence` hold no more than its first `length` tokens; with 0 it is forgotten.

        Returns:
            The number of cells this freed.
        """
        if self.length(sequence) <= length:
            return 0
        keep = self._split_at(sequence, length) if length > 0 else self._root
        run, freed = self._tails[sequence], 0
        while run is not keep:
            parent = run.parent
            assert parent is not None  # `keep` is an ancestor
            run.holders.discard(sequence)
            if not run.holders:
                parent.children.remove(run)
                freed += len(run.tokens)
            run = parent
        if length > 0:
            self._tails[sequence], self._lengths[sequence] = keep, length
        else:
            del self._tails[sequence], self._lengths[sequence]
        self._cells -= freed
        return freed

    def exclusive(self, *sequences: int) -> int:
        """Cells that none but `sequences` hold: what forgetting all of them would free."""
        among, runs = set(sequences), set[_Run]()
        for sequence in sequences:
            run = self._tails.get(sequence)
            # Who holds a run holds all before it; the root has no holders.
            while run is not None and run.holders and run.holders <= among:
                runs.add(run)
                run = run.parent
        return sum(len(run.tokens) for run in runs)

    def _split_at(self, sequence: int, length: int) -> _Run:
        """The run of `sequence` that ends at `length`, made by splitting one where needed."""
        run, end = self._tails[sequence], self._lengths[sequence]
        while end - len(run.tokens) >= length:
            end -= len(run.tokens)
            parent = run.parent
            assert parent is not None  # `length` > 0, so the run that ends there is below the root
            run = parent
        if end == length:
            return run
        keep = len(run.tokens) - (end - length)
        upper = _Run(parent=run.parent, tokens=run.tokens[:keep], holders=set(run.holders), children=[run])
        assert run.parent is not None
        run.parent.children[run.parent.children.index(run)] = upper
        run.parent, run.tokens = upper, run.tokens[keep:]
        return upper
