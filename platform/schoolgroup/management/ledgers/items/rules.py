"""What can be done to an item, and by whom it can be closed: pure."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import UNSET

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.ledgers.items.models import (
    EvidenceWish,
    Facts,
    ItemChange,
    ItemRow,
    ItemStatus,
    Source,
)

YEARS_AHEAD_MAX = 5
# Where what an item came from is read; of the others there is no row of ours.
SOURCES = {
    Source.VISIT: "/v1/visits/",
    Source.RETURN: "/v1/returns/",
    Source.BULLETIN: "/v1/bulletins/",
    Source.MEASURE: "/v1/measures/",
    Source.ACTIVITY: "/v1/activities/",
}


class BadItem(Invalid):
    """The item cannot be like this; `errors` names each place."""

    code = "bad_item"
    title = Text("The item is not valid", "台账事项无效")


class BadEvidence(Invalid):
    """A piece of evidence is not there, or not yours to show."""

    code = "bad_evidence"
    title = Text("The evidence cannot be taken", "佐证材料无效")
    remedy = Text(
        "Upload the file first (POST /v1/uploads), or name a resource or a document.",
        "请先上传文件（POST /v1/uploads），或指明资源、文件编号。",
    )


class ClosedByReporter(Conflict):
    """Who reported an item done does not close it."""

    code = "closed_by_reporter"
    title = Text("Somebody else has to close it", "销号须由他人办理")
    remedy = Text(
        "Ask another person of the group office to look at the evidence.",
        "请集团办公室其他人员核实佐证后销号。",
    )


class ReportOvertaken(Conflict):
    """Another report has come since: look at that one."""

    code = "report_overtaken"
    title = Text("There is a newer report", "已有新的办结报告")
    remedy = Text(
        "Read the item's history and decide on its newest report.", "请查看最新报告后再办理。"
    )


class RefTaken(Conflict):
    """The ledger has an item with this reference."""

    code = "item_ref_taken"
    title = Text("The reference is taken", "该编号已被使用")
    remedy = Text("Choose another reference.", "请更换编号。")


class OnlyPersons(Conflict):
    """A connected system cannot answer for it that something is done."""

    code = "only_persons"
    title = Text("Only a person can do this", "仅限个人操作")
    remedy = Text("Sign in as the person who answers for it.", "请由负责人本人登录办理。")


def source_link(source: Source, source_id: UUID | None) -> str | None:
    """Where to read what an item came from."""
    return f"{SOURCES[source]}{source_id}" if source_id and source in SOURCES else None


def problems_of_source(
    source: Source, source_id: UUID | None, note: str, *, there: bool
) -> list[Problem]:
    """What is wrong with where an item is said to come from; `there`: its row may be read."""
    if source not in SOURCES and source_id is not None:
        why = "what is entered by hand or taken over names no row: say it in source_note"
        return [Problem("/source_id", "names_no_row", why)]
    if source in SOURCES and source_id is None and not note.strip():
        return [Problem("/source_id", "required", "name it, or say in source_note what it is")]
    if source_id is not None and not there:
        return [Problem("/source_id", "not_there", f"there is no such {source}")]
    return []


def check_item(
    due_on: date,
    today: date,
    facts: Facts,
    *,
    was_due_on: date | None = None,
    also: Sequence[Problem] = (),
) -> None:
    """Raise BadItem naming everything an item names that is not there, and what is wrong `also`.

    A day that has passed is refused, except where it stands there already.
    """
    problems = [*also]
    if not facts.category:
        problems.append(Problem("/category", "unknown_category", "there is no such category"))
    if not facts.measure:
        problems.append(Problem("/measure_id", "unknown_measure", "there is no such measure"))
    if not facts.school:
        problems.append(Problem("/school_id", "no_school_of_the_group", "not in the group today"))
    if not facts.person:
        why = "not appointed today where the item belongs"
        problems.append(Problem("/person_id", "not_appointed", why))
    if due_on != was_due_on and due_on < today:
        problems.append(Problem("/due_on", "too_early", "the day has passed"))
    if due_on.year > today.year + YEARS_AHEAD_MAX:
        problems.append(Problem("/due_on", "too_late", "more than five years ahead"))
    if problems:
        raise BadItem(problems=problems)


def check_change(row: ItemRow, change: ItemChange) -> None:
    """Raise BadItem where nothing would change."""
    names = ("title", "detail", "category", "due_on", "measure_id", "school_id", "person_id")
    given = [getattr(change, name) for name in names]
    if all(
        value is UNSET or value == getattr(row, name)
        for name, value in zip(names, given, strict=True)
    ):
        raise BadItem(problems=[Problem("", "nothing_changes", "nothing would change")])


def check_evidence(wishes: Sequence[EvidenceWish], found: set[UUID]) -> None:
    """Raise BadEvidence for what is neither a verified upload, a visible resource nor a text."""
    problems = []
    for place, wish in enumerate(wishes):
        named = [one for one in (wish.upload_id, wish.resource_id) if one is not None]
        if len(named) > 1 or not (named or wish.text.strip()):
            why = "name one upload, one resource, or a document in words"
            problems.append(Problem(f"/evidence/{place}", "one_of", why))
        elif named and named[0] not in found:
            what = "upload_id" if wish.upload_id else "resource_id"
            why = "no verified upload of your school" if wish.upload_id else "no such resource"
            problems.append(Problem(f"/evidence/{place}/{what}", "not_there", why))
    if problems:
        raise BadEvidence(problems=problems)


def check_reason(because: str) -> None:
    """Raise BadItem for a refusal without a reason: the school is told why."""
    if not because.strip():
        raise BadItem(problems=[Problem("/because", "required", "a refusal has its reason")])


def check_closer(row: ItemRow, report_no: int, person_id: UUID | None) -> None:
    """Raise unless this person may close or refuse this report (I21).

    Raises OnlyPersons, ReportOvertaken, ClosedByReporter.
    """
    if person_id is None:
        raise OnlyPersons
    if row.reported_no != report_no:
        raise ReportOvertaken(facts={"report_no": row.reported_no})
    if row.reported_by_person_id == person_id:
        raise ClosedByReporter


def shown_actions(verbs: Sequence[str], row: ItemRow, amends: bool, me: UUID | None) -> list[str]:
    """The verbs of the table without what the reporter may not do, and `amend` while it waits."""
    mine = me is None or row.reported_by_person_id == me
    shown = [v for v in verbs if not (mine and v in ("close", "refuse"))]
    waits = row.status in (ItemStatus.OPEN, ItemStatus.REPORTED)
    return [*shown, "amend"] if amends and waits else shown
