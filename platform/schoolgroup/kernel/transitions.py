"""State machines as tables: code, documentation, `actions` and tests read the same one."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from schoolgroup.kernel.errors import Conflict
from schoolgroup.kernel.texts import Text

S = TypeVar("S", bound=str)


class WrongState(Conflict):
    """The thing is in a state from which this cannot be done."""

    code = "wrong_state"
    remedy = Text(
        "See `actions` of the thing for what is possible now.", "可执行的操作见该对象的 actions。"
    )


class Transition(msgspec.Struct, Generic[S], frozen=True):
    """`verb` leads from any of `sources` to `target`; `act` is the right it takes."""

    verb: str
    act: str
    sources: tuple[S, ...]
    target: S


class Machine(Generic[S]):
    """One declarative transition table."""

    def __init__(self, name: str, transitions: Iterable[Transition[S]]) -> None:
        self.name = name
        self.transitions = {t.verb: t for t in transitions}

    def step(self, state: S, verb: str) -> S:
        """The state after `verb`; raises WrongState where the table has no such step."""
        transition = self.transitions[verb]
        if state not in transition.sources:
            raise WrongState(
                Text(
                    f"{self.name} is {state}; {verb} needs {' or '.join(transition.sources)}",
                    f"{self.name} 当前为 {state}，{verb} 需要 {' 或 '.join(transition.sources)}",
                ),
                facts={"state": state},
            )
        return transition.target

    def actions(self, state: S, may: Callable[[str], bool]) -> list[str]:
        """The verbs possible from `state` for a caller for whom `may(act)` holds."""
        return [t.verb for t in self.transitions.values() if state in t.sources and may(t.act)]
