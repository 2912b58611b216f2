"""Pure decisions of the catalogue: what a change makes of a draft, where it is, what is found."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict, fields

from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue import words
from schoolgroup.resources.catalogue.models import (
    KINDS,
    STAGES,
    Description,
    ResourceChange,
    ResourceDraft,
)
from schoolgroup.resources.curriculum.models import Place

COORDINATES = ("stage", "subject", "edition", "grade", "volume", "chapter")
DESCRIBED = tuple(field.name for field in fields(Description))


class ContradictsPlace(Invalid):
    """A coordinate was sent that is not what the place in the curriculum stands for."""

    code = "contradicts_place"
    title = Text("The coordinates contradict the place in the curriculum", "坐标与课程目录节点不符")
    remedy = Text(
        "Leave these fields out, choose another place, or send curriculum_node_id: null.",
        "请去掉这些字段、另选节点，或将 curriculum_node_id 置为 null。",
    )


def describe(draft: ResourceDraft) -> Description:
    """What a new draft says."""
    return Description(**{name: getattr(draft, name) for name in DESCRIBED})


def changed(description: Description, change: ResourceChange) -> Description:
    """What a draft says after a change: what was not sent stays."""
    sent = {n: v for n, v in asdict(change).items() if v is not UNSET and n in DESCRIBED}
    return Description(**{name: getattr(description, name) for name in DESCRIBED} | sent)


def sent_coordinates(said: ResourceDraft | ResourceChange) -> set[str]:
    """The coordinates a request speaks of; a draft speaks of those that are not empty."""
    draft = isinstance(said, ResourceDraft)
    values = {name: getattr(said, name) for name in COORDINATES}
    return {name for name, value in values.items() if (value if draft else value is not UNSET)}


def placed(description: Description, place: Place, sent: set[str], moved: bool) -> Description:
    """The description with the coordinates its place in the curriculum stands for.

    What lies below the place is as it was `sent`, and stays unless the place `moved`. Raises
    ContradictsPlace where what was sent is something else than the place says.
    """
    values: dict[str, Any] = asdict(description)
    wrong: list[Problem] = []
    for name in COORDINATES:
        at, said = getattr(place, name), values[name]
        if at:
            values[name] = at
            if name in sent and said != at:
                wrong.append(Problem(f"/{name}", "contradicts_place", f"the place says {at}"))
        elif moved and name not in sent:
            values[name] = [] if name == "chapter" else None
    if wrong:
        raise ContradictsPlace(problems=wrong)
    return Description(**values)


def searched(description: Description) -> str:
    """The tsvector of a description: title above keywords above coordinates and summary.

    The text of files comes below these, with weight D (the search feature).
    """
    labels = [KINDS[description.kind]]
    if description.stage is not None:
        labels.append(STAGES[description.stage])
    coordinates: Sequence[str | None] = (
        description.subject,
        description.edition,
        description.grade,
        description.volume,
        *description.chapter,
        *(text for label in labels for text in (label.zh, label.en)),
    )
    return words.document(
        [
            ("A", description.title),
            *(("B", keyword) for keyword in description.keywords),
            *(("C", text) for text in coordinates if text),
            ("C", description.summary),
        ]
    )
