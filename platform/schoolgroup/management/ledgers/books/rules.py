"""When a ledger and a target can be made: pure."""

from collections.abc import Sequence
from datetime import date

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.ledgers.books.models import TargetRow

READ, MANAGE = "ledger:read", "ledger:manage"


class CategoryExists(Conflict):
    """The group has a category with this code or this name."""

    code = "category_exists"
    title = Text("There is such a category already", "该类别已存在")
    remedy = Text("Use it, or choose another code and name.", "请直接使用，或更换代码与名称。")


class LedgerExists(Conflict):
    """The group has a ledger of this title."""

    code = "ledger_exists"
    title = Text("There is a ledger of this title", "同名台账已存在")
    remedy = Text("Choose another title.", "请更换名称。")


class BadLedger(Invalid):
    """The ledger or its target cannot be like this; `errors` says why."""

    code = "bad_ledger"
    title = Text("The ledger is not valid", "台账无效")


def check_target(by_on: date, today: date) -> None:
    """Raise BadLedger for a target whose day has passed: it would be set in hindsight."""
    if by_on < today:
        raise BadLedger(problems=[Problem("/by_on", "too_early", "the day has passed")])


def in_force(targets: Sequence[TargetRow]) -> list[TargetRow]:
    """Of several targets for one day the newest, in the order of their days."""
    newest: dict[date, TargetRow] = {}
    for target in sorted(targets, key=lambda one: (one.set_at, one.id)):
        newest[target.by_on] = target
    return [newest[day] for day in sorted(newest)]
