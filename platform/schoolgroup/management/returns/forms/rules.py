"""What makes a form a form."""

from collections.abc import Mapping, Sequence

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.forms.expressions import BadExpression, parse_rule
from schoolgroup.management.returns.forms.models import (
    FILES_MAX,
    ROWS_MAX,
    Choice,
    ChoiceWish,
    Column,
    ColumnWish,
    Field,
    FieldType,
    FieldWish,
    FormWish,
)

NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL})
BOUNDED = NUMBERS | {FieldType.TEXT, FieldType.ROWS, FieldType.FILE}


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
        choices=_choices(wish.choices),
        columns=[
            Column(
                code=column.code, label=Text(column.label.en, column.label.zh), type=column.type,
                required=column.required, unit=column.unit, min=column.min, max=column.max,
                choices=_choices(column.choices),
            )
            for column in wish.columns
        ],
        counts_pupils=wish.counts_pupils,
        media_types=wish.media_types,
    )  # fmt: skip


def _choices(wishes: Sequence[ChoiceWish]) -> list[Choice]:
    return [Choice(c.code, Text(c.label.en, c.label.zh)) for c in wishes]


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
    means = (wish.unit, wish.choices, wish.min, wish.max, wish.columns, wish.counts_pupils,
             wish.media_types)  # fmt: skip
    if wish.type is None and any(means):
        found.append(
            Problem(f"{at}/type", "missing", "a field named by its code takes no meaning here")
        )
    if wish.type is None:
        return found
    found += _problems_of_bounds(at, wish)
    if (wish.type is FieldType.ROWS) != bool(wish.columns):
        found.append(Problem(f"{at}/columns", "columns", "rows have columns, and nothing else has"))
    if wish.counts_pupils and wish.type not in NUMBERS:
        found.append(Problem(f"{at}/counts_pupils", "wrong_type", "pupils are counted in numbers"))
    if wish.type is FieldType.ROWS and (wish.max or 0) > ROWS_MAX:
        found.append(Problem(f"{at}/max", "too_many_rows", f"at most {ROWS_MAX} rows"))
    if wish.media_types and wish.type is not FieldType.FILE:
        found.append(Problem(f"{at}/media_types", "wrong_type", "only files have media types"))
    if wish.type is FieldType.FILE and (wish.max or 0) > FILES_MAX:
        found.append(Problem(f"{at}/max", "too_many_files", f"at most {FILES_MAX} files"))
    if len({column.code for column in wish.columns}) < len(wish.columns):
        found.append(Problem(f"{at}/columns", "column_twice", "a column stands twice"))
    for number, column in enumerate(wish.columns):
        within = f"{at}/columns/{number}"
        if column.type is FieldType.ROWS:
            found.append(Problem(f"{within}/type", "rows_in_rows", "rows stand in no rows"))
        if column.type is FieldType.FILE:
            found.append(Problem(f"{within}/type", "files_in_rows", "files stand in no rows"))
        found += _problems_of_bounds(within, column)
    return found


def _problems_of_bounds(at: str, wish: FieldWish | ColumnWish) -> list[Problem]:
    """What is wrong with the range and the choices of a field or a column."""
    found: list[Problem] = []
    if wish.min is not None and wish.max is not None and wish.min > wish.max:
        found.append(Problem(f"{at}/max", "empty_range", "max is below min"))
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


def problems_of_rules(wish: FormWish, dictionary: Mapping[str, Field]) -> list[Problem]:
    """Rules and conditions that are none over the form's fields, with the place in their text."""
    asked = {field.code: dictionary[field.code] for field in wish.fields}
    written = [(f"/rules/{n}/holds", rule.holds) for n, rule in enumerate(wish.rules)]
    for number, field in enumerate(wish.fields):
        for name, text in (
            ("required_when", field.required_when),
            ("asked_when", field.asked_when),
        ):
            if text is not None:
                written.append((f"/fields/{number}/{name}", text))
    found: list[Problem] = []
    for pointer, text in written:
        try:
            parse_rule(text, asked)
        except BadExpression as wrong:
            found.append(Problem(pointer, wrong.code, str(wrong)))
    return found
