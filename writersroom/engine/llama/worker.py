"""The thread that owns the model: continuous batching over all lanes.

Each step admits what fits, puts one token of every writing lane and chunks of the prompts still to be read
into one batch (Orca's iteration-level scheduling, Yu et al. 2022, with the chunked prefill of Sarathi-Serve,
Agrawal et al. 2024), computes it, and hands the outputs to their lanes.

A lane that shares a prefix with one still being read waits for it and then takes over its cells, so that a
room of agents reads its bible once, however many ask at the same moment.

The order of work depends on the order of calls alone, never on how fast the event loop runs (`_settle`): the
same calls give the same batches, and so the same text. (Floating-point sums differ in the last bit with the
shape of a batch, which is enough to change a sampled word.)
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from writersroom.engine.errors import EngineClosed, EngineFailed
from writersroom.engine.interface import TokenEvent
from writersroom.engine.llama.lanes import Call, Lane
from writersroom.engine.llama.prefixes import PrefixTree, common_length
from writersroom.engine.llama.runtime import Batch, Context, Weights
from writersroom.engine.settings import EngineSettings

_WORTH_WAITING: int = 16
"""Tokens of a prefix still being computed that make a lane wait for it rather than compute its own."""
_LOOP_TURNS: int = 32
"""Turns of the event loop within which callers that were woken make their next call."""
_MOST_PATIENCE: float = 2.0
"""Seconds to wait for an event loop that does not turn; then the order of work is left to chance."""
_LOOK_EVERY: float = 0.02
"""Seconds between looks, while prompts are read, whether anybody waits for them still."""


@dataclass
class Profile:
    """Where the worker's time went, in seconds, since the engine was opened.

    A step that reads prompts and writes replies at once is split by its tokens.
    """

    prefill: float = 0.0
    decode: float = 0.0
    sampling: float = 0.0
    settling: float = 0.0
    scheduling: float = 0.0
    idle: float = 0.0
    steps: int = 0
    prefilled: int = 0
    reused: int = 0
    decoded: int = 0


class Worker:
    """Runs calls to their end, many at a time, in a context that is its own from then on."""

    def __init__(
        self, weights: Weights, context: Context, settings: EngineSettings, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.profile = Profile()
        self._weights = weights
        self._settings = settings
        self._loop = loop
        self._context = context
        self._batch = Batch(settings.n_batch)
        self._tree = PrefixTree()
        self._free_ids = list(reversed(range(weights.held_sequences(settings))))
        self._cached: OrderedDict[int, None] = OrderedDict()
        """Sequences of ended lanes; the first goes first."""
        self._awaited: dict[int, Call] = {}
        """Those of them that the follow-ups of a call go on from."""
        self._calls: dict[Lane, Call] = {}
        self._waiting: deque[Lane] = deque()
        self._live: list[Lane] = []
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._failure: EngineFailed | None = None
        # Held to let a call in, and to shut: no call is let in that the last look into the inbox would miss.
        self._door = threading.Lock()
        self._hidden_turn = False
        self._reading: Iterable[Call] = ()
        """Calls in the step that is being computed, if prompts are read in it: it may be a long one."""
        self._looking = False
        # Held where a step begins or ends and where it is interrupted, so that no other one is.
        self._border = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="writersroom-engine", daemon=True)
        self._thread.start()

    # Called on the event loop.

    @property
    def closed(self) -> bool:
        """Whether no call will be answered any more."""
        return self._closed.is_set() and self._failure is None

    def submit(self, call: Call) -> None:
        """Queue a call.

        Raises:
            EngineClosed, EngineFailed: it would never be answered.
        """
        with self._door:
            if self._failure is not None:
                raise self._failure
            if self._closed.is_set():
                raise EngineClosed
            self._inbox.put(lambda: self._enqueue(call))

    def abandon(self, call: Call) -> None:
        """The caller of `call` has gone."""
        call.abandoned = True

    def forget_prefixes(self) -> None:
        """Empty the prefix cache."""
        self._inbox.put(self._evict_all)

    async def close(self) -> None:
        """End every call with EngineClosed and free the context."""
        if not self._closed.is_set():
            self._closed.set()
            self._inbox.put(None)
            with self._border:
                self._context.interrupt()
        while self._thread.is_alive():
            await asyncio.sleep(0.002)

    # The thread.

    def _run(self) -> None:
        try:
            while not self._closed.is_set():
                self._read_inbox()
                if self._closed.is_set():
                    break
                began = time.perf_counter()
                self._drop_stopped()
                self._admit()
                self.profile.scheduling += time.perf_counter() - began
                if self._live:
                    self._step()
                self._finish_calls()
        except Exception as error:  # noqa: BLE001 - the model call: whatever it was, callers must hear of it
            failure = EngineFailed(f"The model stopped working: {error}; reopen it to go on.")
            failure.__cause__ = error
            self._failure = failure
        finally:
            with self._door:
                self._closed.set()
            self._end_all(self._failure or EngineClosed())
            self._context.close()

    def _read_inbox(self) -> None:
        """Take in all messages; wait for one when there is nothing to do."""
        idle = not self._live and not self._waiting
        if idle:
            began = time.perf_counter()
            self._handle(self._inbox.get())
            self.profile.idle += time.perf_counter() - began
            self._settle()
        while not self._closed.is_set():
            try:
                self._handle(self._inbox.get_nowait())
            except queue.Empty:
                return

    def _handle(self, message: Callable[[], None] | None) -> None:
        if message is not None:
            message()

    def _settle(self) -> None:
        """Let callers that are awake make their calls before the next step is planned."""
        began = time.perf_counter()
        settled = threading.Event()

        def turn(left: int) -> None:
            if left:
                self._loop.call_soon(turn, left - 1)
            else:
                settled.set()

        self._post(turn, _LOOP_TURNS)
        settled.wait(_MOST_PATIENCE)
        self.profile.settling += time.perf_counter() - began

    def _enqueue(self, call: Call) -> None:
        self._calls.update((lane, call) for lane in call.lanes)
        self._waiting.extend(call.lanes)

    def _drop_stopped(self) -> None:
        for lane in [*self._live, *self._waiting]:
            if self._calls[lane].given_up:
                lane.stop()
        self._waiting = deque(lane for lane in self._waiting if not lane.ended)
        self._retire(lane for lane in self._live if lane.ended)

    # Admission.

    def _admit(self) -> None:
        """Bring waiting lanes in, in order; one that should wait for a prefix lets others pass."""
        passed: list[Lane] = []
        while self._waiting and len(self._live) < self._settings.sequences:
            lane = self._waiting.popleft()
            lane.begin()
            if lane.ended:
                continue
            if self._prefix_is_coming(lane):
                passed.append(lane)
            elif not self._seat(lane):
                passed.append(lane)
                break
        self._waiting.extendleft(reversed(passed))

    def _prefix_is_coming(self, lane: Lane) -> bool:
        if not self._weights.can_share_prefixes:
            return False
        have = min(self._tree.match(lane.tokens)[0], lane.wants_from)
        for other in self._live:
            if other.computed < other.prompt_length:
                common = min(common_length(lane.tokens, other.tokens), lane.wants_from)
                if common > other.computed and common - have >= _WORTH_WAITING:
                    return True
        return False

    def _seat(self, lane: Lane) -> bool:
        """Give `lane` a sequence and what the cache holds of its prompt; False where there is no room yet."""
        length, holder = self._reusable(lane)
        if not self._free_ids:
            self._evict(next(id for id in self._evictable() if id != holder))
        sequence = self._free_ids.pop()
        if holder is not None:
            # From here on the shared cells are the lane's too, and stay when the rest of their holder goes.
            self._context.copy(holder, sequence, length)
            self._tree.share(holder, sequence, length)
            if holder in self._cached and not self._calls[lane].passing:
                self._cached.move_to_end(holder)
        if not self._make_room(lane.reserve - length):
            self._forget(sequence)
            return False
        lane.sequence, lane.computed = sequence, length
        reused = min(length, lane.prompt_length)
        lane.tally.reused += reused
        self.profile.reused += reused
        self._live.append(lane)
        return True

    def _reusable(self, lane: Lane) -> tuple[int, int | None]:
        if not self._weights.can_share_prefixes:
            return 0, None
        length, holder = self._tree.match(lane.tokens)
        length = min(length, lane.wants_from)
        return (length, holder) if length > 0 else (0, None)

    def _make_room(self, needed: int) -> bool:
        """Evict cached prefixes, oldest first, until `needed` cells are free beside what is promised.

        Where all of them would not do, none goes.
        """
        promised = sum(lane.reserve - lane.computed for lane in self._live)
        lacking = self._tree.cells + promised + needed - self._settings.n_ctx
        if lacking > self._tree.exclusive(*self._cached):
            return False
        while lacking > 0:
            lacking -= self._evict(self._evictable()[0])
        return True

    def _evictable(self) -> list[int]:
        """What is in the cache, in the order in which it goes: what nobody waits for comes first."""
        return sorted(self._cached, key=self._awaited.__contains__)

    def _evict(self, sequence: int) -> int:
        """Take a sequence out of the cache; returns how many cells this freed."""
        del self._cached[sequence]
        self._awaited.pop(sequence, None)
        return self._forget(sequence)

    def _evict_all(self) -> None:
        for sequence in list(self._cached):
            self._evict(sequence)

    def _forget(self, sequence: int) -> int:
        self._context.remove(sequence)
        self._free_ids.append(sequence)
        return self._tree.truncate(sequence, 0)

    def _retire(self, ended: Iterable[Lane]) -> None:
        """Take ended lanes out; what is worth keeping of them stays in the cache."""
        for lane in list(ended):
            self._live.remove(lane)
            sequence = lane.sequence
            assert sequence is not None
            keep = min(lane.keep, lane.computed) if self._weights.can_share_prefixes else 0
            if keep < self._tree.length(sequence):
                self._context.remove(sequence, keep)
                self._tree.truncate(sequence, keep)
            call = self._calls[lane]
            if keep > 0 and self._tree.exclusive(sequence) > 0:
                self._cached[sequence] = None
                if call.follow_up:
                    self._awaited[sequence] = call
                if call.passing:
                    self._cached.move_to_end(sequence, last=False)
            else:
                self._forget(sequence)
        self._trim_cache()

    def _trim_cache(self) -> None:
        """Keep what only the cache holds within its share: every cell in use slows attention down.

        The prompt used last stays, however long it is: it is the likeliest to be asked again. So does what is
        about to be gone on from.
        """
        limit = self._settings.cached_tokens
        ended = [sequence for sequence in self._cached if sequence not in self._awaited]
        # What two share is nobody's own until one of them goes.
        while len(ended) > 1 and sum(map(self._tree.exclusive, ended)) > limit:
            self._evict(ended.pop(0))

    # One step.

    def _step(self) -> None:
        placed = self._fill_batch()
        hidden = any(lane.hidden for lane, _, _ in placed)
        began = time.perf_counter()
        if not self._compute(placed, hidden=hidden):
            return
        decoded = time.perf_counter()
        self._account(placed, decoded - began)
        for lane, start, rows in placed:
            self._advance(lane, start, rows)
        self._retire([lane for lane in self._live if lane.ended])
        self._deliver(dict.fromkeys(self._calls.values()))
        self.profile.sampling += time.perf_counter() - decoded

    def _compute(self, placed: list[tuple[Lane, int, range]], *, hidden: bool) -> bool:
        """Decode the batch; False where nobody waited for it any more, and it is as if it had not begun."""
        with self._border:
            if self._closed.is_set():
                return False
            self._context.go_on()
            if self._batch.size > len(placed):
                self._reading = {self._calls[lane] for lane, _, _ in placed}
                if not self._looking:
                    self._looking = True
                    self._post(self._look)
        done = self._context.decode(self._batch, hidden=hidden)
        with self._border:
            self._reading = ()
        if not done:
            for lane, start, _ in placed:
                assert lane.sequence is not None
                self._context.remove(lane.sequence, start)
        return done

    def _look(self) -> None:
        """Interrupt the step if all its calls are given up; on the event loop, while prompts are read."""
        with self._border:
            self._looking = bool(self._reading) and not self._closed.is_set()
            if self._looking and all(call.given_up for call in self._reading):
                self._context.interrupt()
        if self._looking:
            self._loop.call_later(_LOOK_EVERY, self._look)

    def _fill_batch(self) -> list[tuple[Lane, int, range]]:
        """Choose what this step computes: writing lanes first, then prompts in order of arrival."""
        self._batch.clear()
        lanes = self._lanes_of_this_step()
        writing = [lane for lane in lanes if lane.writing]
        placed = [self._place(lane, self._batch.room) for lane in writing if self._batch.room]
        # While others write, prompts come in smaller pieces, so that their words keep coming.
        room = self._settings.n_batch if not writing else min(self._batch.room, self._settings.n_batch // 2)
        for lane in lanes:
            if not lane.writing and room > 0:
                placed.append(self._place(lane, room))
                room -= len(placed[-1][2])
        return placed

    def _lanes_of_this_step(self) -> list[Lane]:
        """Lanes that want hidden states take turns with the others: with them every token has an output."""
        hidden = [lane for lane in self._live if lane.hidden]
        if not hidden or len(hidden) == len(self._live):
            return self._live
        self._hidden_turn = not self._hidden_turn
        return hidden if self._hidden_turn else [lane for lane in self._live if not lane.hidden]

    def _place(self, lane: Lane, room: int) -> tuple[Lane, int, range]:
        assert lane.sequence is not None
        start = lane.computed
        tokens = lane.tokens[start : start + room]
        return lane, start, self._batch.add(lane.sequence, start, tokens, wants_from=lane.wants_from)

    def _account(self, placed: list[tuple[Lane, int, range]], seconds: float) -> None:
        now = time.perf_counter()
        writing = [lane for lane, _, _ in placed if lane.writing]
        written = sum(len(rows) for lane, _, rows in placed if lane.writing)
        share = written / self._batch.size
        profile = self.profile
        profile.steps += 1
        profile.decode += seconds * share
        profile.prefill += seconds * (1 - share)
        profile.decoded += written
        profile.prefilled += self._batch.size - written
        for lane, _, rows in placed:
            tally = lane.tally
            if tally.begun is None:
                tally.begun = now - seconds
            if lane.writing:
                tally.steps += 1
                tally.shared += len(writing)
            else:
                tally.prefilled += min(len(rows), lane.prompt_length - lane.computed)
                if lane.computed + len(rows) >= lane.prompt_length and tally.written is None:
                    tally.written = now

    def _advance(self, lane: Lane, start: int, rows: range) -> None:
        assert lane.sequence is not None
        self._tree.extend(lane.sequence, lane.tokens[start : start + len(rows)])
        lane.computed = start + len(rows)
        wanted = lane.wants_from
        for position, row in enumerate(rows, start):
            if position >= wanted and not lane.ended:
                lane.receive(self._context, position, row)

    # Results.

    def _finish_calls(self) -> None:
        calls = dict.fromkeys(self._calls.values())
        finished = [call for call in calls if all(lane.ended for lane in call.lanes)]
        answered: list[Call] = []
        for call in finished:
            for lane in call.lanes:
                del self._calls[lane]
            call.lanes, call.follow_up = [] if call.given_up else [*call.follow_up], ()
            if call.lanes:
                self._calls.update((lane, call) for lane in call.lanes)
                self._waiting.extendleft(reversed(call.lanes))
                continue
            answered.append(call)
        if answered:
            self._awaited = {id: call for id, call in self._awaited.items() if call not in answered}
            self._deliver(answered)
            self._answer(answered)
            if self._live or self._waiting:
                self._settle()

    def _answer(self, calls: Iterable[Call], error: Exception | None = None) -> None:
        """Tell all callers of a step in one turn of the event loop.

        Told one by one, the first would be a turn ahead or not, as the threads happen to run, and make its
        next call before or after the others.
        """
        waking = [call.done for call in calls]

        def tell() -> None:
            for done in waking:
                done(error)

        self._post(tell)

    def _deliver(self, calls: Iterable[Call]) -> None:
        """Hand new text over, one crossing of threads for a whole step."""
        ready: list[tuple[Call, list[TokenEvent]]] = []
        for call in calls:
            if call.events:
                ready.append((call, call.events))
                call.events = []

        def tell() -> None:
            for call, events in ready:
                call.tell(events)

        if ready:
            self._post(tell)

    def _end_all(self, error: Exception) -> None:
        while True:
            try:
                self._handle(self._inbox.get_nowait())
            except queue.Empty:
                break
        for lane in list(self._calls):
            lane.stop()
        self._answer(dict.fromkeys(self._calls.values()), error)
        self._calls.clear()

    def _post(self, callback: Callable[..., None], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            # The loop is closed: nobody is left to be told.
            return
