"""A state machine is one table: what is not in it cannot happen."""

from enum import StrEnum

import pytest

from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition, WrongState


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


door = Machine(
    "the door",
    [
        Transition("shut", "door:use", (Door.OPEN,), Door.SHUT),
        Transition("open", "door:use", (Door.SHUT,), Door.OPEN),
        Transition("lock", "door:lock", (Door.OPEN, Door.SHUT), Door.LOCKED),
    ],
)
STEPS = {
    (Door.OPEN, "shut"): Door.SHUT,
    (Door.SHUT, "open"): Door.OPEN,
    (Door.OPEN, "lock"): Door.LOCKED,
    (Door.SHUT, "lock"): Door.LOCKED,
}


@pytest.mark.parametrize("state", list(Door))
@pytest.mark.parametrize("verb", ["shut", "open", "lock"])
def test_a_step_is_in_the_table_or_refused(state, verb):
    if (state, verb) in STEPS:
        assert door.step(state, verb) is STEPS[state, verb]
    else:
        with pytest.raises(WrongState) as refused:
            door.step(state, verb)
        assert refused.value.facts == {"state": state}
        detail = refused.value.detail
        assert isinstance(detail, Text)
        assert verb in detail.en
        assert verb in detail.zh


@pytest.mark.parametrize("state", list(Door))
def test_the_actions_shown_are_the_steps_that_work(state):
    shown = door.actions(state, lambda act: True)
    assert shown == [verb for verb in door.transitions if (state, verb) in STEPS]


def test_an_action_without_the_right_is_not_shown():
    assert door.actions(Door.OPEN, lambda act: act == "door:use") == ["shut"]
    assert door.actions(Door.OPEN, lambda act: False) == []


def test_a_verb_nobody_wrote_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        door.step(Door.OPEN, "paint")
