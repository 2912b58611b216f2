"""What makes a form a form."""

from collections.abc import Mapping, Sequence

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.forms.models import (
    Choice,
    Field,
    FieldType,
    FieldWish,
)

BOUNDED = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.TEXT})


def as_defined(wish: FieldWish) -> Field | None:
    """The meaning a wish gives a field; None where it only names the field."""
    if wish.label is None or wish.type is None:
        return None
    return Field(
        code=wish.code,
        label=Text(wish.label.en, wish.label.zh),
        type=wish.type,
        unit=wish.unit,
        min=wish.min,
        max=wish.max,
        choices=[Choice(c.code, Text(c.label.en, c.label.zh)) for c in wish.choices],
    )


def problems_of(wishes: Sequence[FieldWish]) -> list[Problem]:
    """Everything wrong with the fields of a form, before the dictionary is asked."""
    found: list[Problem] = []
    seen: set[str] = set()
    for number, wish in enumerate(wishes):
        at = f"/fields/{number}"
        if wish.code in seen:
            found.append(Problem(f"{at}/code", "field_twice", f"{wish.code} stands twice"))
        seen.add(wish.code)
        if (wish.label is None) != (wish.type is None):
            missing = "label" if wish.label is None else "type"
            found.append(
                Problem(f"{at}/{missing}", "missing", "label and type define a field together")
            )
        found += _problems_of_meaning(at, wish)
    return found


def _problems_of_meaning(at: str, wish: FieldWish) -> list[Problem]:
    found: list[Problem] = []
    if wish.type is None and (wish.unit or wish.choices or wish.min or wish.max):
        found.append(
            Problem(f"{at}/type", "missing", "a field named by its code takes no meaning here")
        )
    if wish.min is not None and wish.max is not None and wish.min > wish.max:
        found.append(Problem(f"{at}/max", "empty_range", "max is below min"))
    if wish.type is None:
        return found
    for name, bound in (("min", wish.min), ("max", wish.max)):
        if bound is not None and wish.type not in BOUNDED:
            found.append(Problem(f"{at}/{name}", "no_range", f"a {wish.type} has no range"))
    if (wish.type is FieldType.CHOICE) != bool(wish.choices):
        found.append(
            Problem(f"{at}/choices", "choices", "a choice has choices, and nothing else has")
        )
    if len({choice.code for choice in wish.choices}) < len(wish.choices):
        found.append(Problem(f"{at}/choices", "choice_twice", "a choice stands twice"))
    return found


def problems_with_dictionary(
    wishes: Sequence[FieldWish], dictionary: Mapping[str, Field]
) -> list[Problem]:
    """Fields the dictionary does not have, or has with another meaning."""
    found: list[Problem] = []
    for number, wish in enumerate(wishes):
        known = dictionary.get(wish.code)
        defined = as_defined(wish)
        if known is None:
            found.append(
                Problem(
                    f"/fields/{number}/code",
                    "unknown_field",
                    f"the dictionary has no {wish.code}",
                    "Give its label and type to enter it.",
                )
            )
        elif defined is not None and defined != known:
            found.append(
                Problem(
                    f"/fields/{number}",
                    "field_means_otherwise",
                    f"the dictionary has {wish.code} with another meaning",
                    "Name it by its code alone, or enter the new meaning under a new code.",
                )
            )
    return found
