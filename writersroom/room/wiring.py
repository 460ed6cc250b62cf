"""The room as a LangGraph: one flat graph, a node for each kind of turn, one turn a step.

The state holds a number and the name of the next node. Everything else is in the session file: a node asks
`order.next_turns` of what is folded from it, so a session goes on from its events alone and the graph's own
checkpoints need not outlive the process. They serve what LangGraph is here for: stopping after each turn and
waiting for a person (`interrupt`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol, TypedDict, get_args

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from writersroom.room.order import Kind, Turn

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_THREAD: Final = "session"
_STEPS_KEPT: Final = 256
"""Steps after which the checkpoints are thrown away and the graph is begun anew."""


class State(TypedDict):
    """What LangGraph keeps: no text."""

    event: int
    """The last event of the session file."""
    next: str
    """The kind of turn that comes now; empty at the end."""


class Floor(Protocol):
    """The room, as the graph sees it."""

    @property
    def event(self) -> int:
        """The last event."""
        ...

    def coming(self) -> Turn | None:
        """Whose turn is next."""
        ...

    def waits_for_person(self, turn: Turn) -> bool:
        """Whether a person plays the agent whose turn it is."""
        ...

    async def speak(self) -> None:
        """Let the model take the next turn, and keep it."""
        ...

    async def hear(self, turn: Turn, answer: Any) -> None:
        """Take a person's answer for this turn, and keep it."""
        ...


@dataclass(frozen=True)
class Seating:
    """LangGraph's context: what every node is given."""

    floor: Floor


class TurnLoop:
    """Takes turns, one a step, until the session ends."""

    def __init__(self, floor: Floor) -> None:
        self._seating = Seating(floor)
        # `Any`: LangGraph's methods are typed with parts left open.
        self._saver = InMemorySaver()
        self._graph: Any = _compiled(self._saver)
        self._config = {"configurable": {"thread_id": _THREAD}}
        self._begun = False
        self._steps = 0

    async def step(self) -> Turn | None:
        """Take one turn.

        Returns:
            The turn, not taken, where a person plays its agent; `answer` takes it.
        """
        if self._steps >= _STEPS_KEPT:
            # Each step leaves a checkpoint; what was before is in the session file, where the way in looks.
            self._saver.delete_thread(_THREAD)
            self._begun, self._steps = False, 0
        begin = None if self._begun else State(event=0, next="")
        self._begun = True
        self._steps += 1
        return await self._run(begin)

    async def answer(self, words: object) -> Turn | None:
        """Take the turn that waits for a person. Returns as `step`."""
        return await self._run(Command(resume=words))

    async def _run(self, given: State | Command[str] | None) -> Turn | None:
        await self._graph.ainvoke(given, self._config, context=self._seating)
        state = await self._graph.aget_state(self._config)
        waiting = [one.value for task in state.tasks for one in task.interrupts]
        return Turn.model_validate(waiting[0]) if waiting else None


def _compiled(saver: InMemorySaver) -> object:
    """A node for each kind of turn; it stops after every one."""
    graph: Any = StateGraph(State, context_schema=Seating)
    targets = {**{kind: kind for kind in KINDS}, "": END}
    graph.add_node("seated", _seated)
    graph.add_edge(START, "seated")
    graph.add_conditional_edges("seated", _next, targets)
    for kind in KINDS:
        graph.add_node(kind, _turn)
        graph.add_conditional_edges(kind, _next, targets)
    return graph.compile(checkpointer=saver, interrupt_after=list(KINDS))


# Not async, it would be run in another thread: what the model is asked next would come sooner or later as
# that thread happens to run, be computed beside other work, and differ in the last bit.
async def _next(state: State) -> str:
    return state["next"]


async def _seated(state: State, runtime: Runtime[Seating]) -> State:
    """The way in: whoever's turn the session file says it is."""
    return _standing(runtime.context.floor)


async def _turn(state: State, runtime: Runtime[Seating]) -> State:
    floor = runtime.context.floor
    turn = floor.coming()
    if turn is not None and floor.waits_for_person(turn):
        await floor.hear(turn, interrupt(turn.model_dump()))
    elif turn is not None:
        await floor.speak()
    return _standing(floor)


def _standing(floor: Floor) -> State:
    turn = floor.coming()
    return State(event=floor.event, next=turn.kind if turn is not None else "")
