"""What is asked: the fields of the dictionary, and the forms made of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

FIELDS_MAX = 300
CHOICES_MAX = 200
COLUMNS_MAX = 40
ROWS_MAX = 500  # of one field of rows
FILES_MAX = 20  # of one field of files
RULES_MAX = 200
NUMBER_MAX = 1e15  # beyond it a JSON number no longer holds every integer

FieldCode = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}$", examples=["pupils_total"])]
Label = Annotated[str, Meta(min_length=1, max_length=200)]
MediaType = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=r"^[a-z]+/([a-z0-9][a-z0-9.+-]*|\*)$",
        examples=["application/pdf", "image/*"],
    ),
]
Bound = Annotated[float, Meta(ge=-NUMBER_MAX, le=NUMBER_MAX)]


class FieldType(StrEnum):
    """What kind of answer a field takes."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DATE = "date"
    ROWS = "rows"
    FILE = "file"


class Labels(Input, frozen=True):
    """A name in both languages."""

    en: Label
    zh: Label


class ChoiceWish(Input, frozen=True):
    """One answer that can be chosen."""

    code: FieldCode
    label: Labels


Expression = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=500,
        description="A rule over the form's fields: total = boys + girls; if a = 'x' then b >= 1; "
        "sum(staff.hours) <= hours; count(staff) > 0; answered(note).",
        examples=["total = boys + girls"],
    ),
]


class ColumnWish(Input, frozen=True):
    """A column of a field of rows; its code is known within the field alone."""

    code: FieldCode
    label: Labels
    type: FieldType
    required: bool = False
    unit: Annotated[str, Meta(max_length=40)] = ""
    min: Bound | None = None
    max: Bound | None = None
    choices: Annotated[list[ChoiceWish], Meta(max_length=CHOICES_MAX)] = field(default_factory=list)


class FieldWish(Input, frozen=True):
    """A field of a form: by its code alone where the dictionary has it, else with its meaning.

    `min` and `max` bound a number's value, the length of a text in characters, or how many rows or
    files there are; `media_types` what kinds of files, and none is said for all.
    `required_when` and `asked_when` are rules: the answer is needed, or wanted at all, only where
    they hold.
    """

    code: FieldCode
    required: bool = False
    required_when: Expression | None = None
    asked_when: Expression | None = None
    counts_pupils: bool = False
    media_types: Annotated[list[MediaType], Meta(max_length=20)] = field(default_factory=list)
    columns: Annotated[list[ColumnWish], Meta(max_length=COLUMNS_MAX)] = field(default_factory=list)
    label: Labels | None = None
    type: FieldType | None = None
    unit: Annotated[str, Meta(max_length=40)] = ""
    min: Bound | None = None
    max: Bound | None = None
    choices: Annotated[list[ChoiceWish], Meta(max_length=CHOICES_MAX)] = field(default_factory=list)


class RuleWish(Input, frozen=True):
    """What must hold between answers, and what a school reads where it does not."""

    holds: Expression
    message: Labels


class FormWish(Input, frozen=True):
    """A form, or its next version: its fields in the order they are shown, and its rules."""

    title: Labels
    fields: Annotated[list[FieldWish], Meta(min_length=1, max_length=FIELDS_MAX)]
    rules: Annotated[list[RuleWish], Meta(max_length=RULES_MAX)] = field(default_factory=list)


class Choice(Struct, frozen=True):
    """One answer that can be chosen."""

    code: str
    label: Text


class Column(Struct, frozen=True, kw_only=True):
    """A column of a field of rows."""

    code: str
    label: Text
    type: FieldType
    required: bool
    unit: str
    min: float | None
    max: float | None
    choices: list[Choice]


class Field(Struct, frozen=True, kw_only=True):
    """An entry of the dictionary 数据字典: one meaning for the whole group, which never changes.

    Figures of a field that counts pupils are not shown to schools where they are small.
    """

    code: str
    label: Text
    type: FieldType
    unit: str
    min: float | None
    max: float | None
    choices: list[Choice]
    columns: list[Column] = field(default_factory=list)
    counts_pupils: bool = False
    media_types: list[str] = field(default_factory=list)


class FormField(Field, frozen=True, kw_only=True):
    """A field on a form."""

    required: bool
    required_when: str | None = None
    asked_when: str | None = None


class Rule(Struct, frozen=True):
    """A rule of a form version, with what is said where it does not hold."""

    holds: str
    message: Text


class FieldRow(Struct, frozen=True, kw_only=True):
    """A row of the dictionary, `required` where it was read through a form."""

    code: str
    label_en: str
    label_zh: str
    type: FieldType
    unit: str
    min: float | None
    max: float | None
    choices: list[Choice]
    columns: list[Column]
    counts_pupils: bool
    media_types: list[str]
    required: bool = False
    required_when: str | None = None
    asked_when: str | None = None

    def as_field(self) -> Field:
        """The entry as it is shown."""
        return Field(
            code=self.code, label=Text(self.label_en, self.label_zh), type=self.type,
            unit=self.unit, min=self.min, max=self.max, choices=self.choices,
            columns=self.columns, counts_pupils=self.counts_pupils, media_types=self.media_types,
        )  # fmt: skip

    def as_form_field(self) -> FormField:
        """The field as it stands on the form."""
        return FormField(
            code=self.code, label=Text(self.label_en, self.label_zh), type=self.type,
            unit=self.unit, min=self.min, max=self.max, choices=self.choices,
            columns=self.columns, counts_pupils=self.counts_pupils, media_types=self.media_types,
            required=self.required, required_when=self.required_when, asked_when=self.asked_when,
        )  # fmt: skip


class RuleRow(Struct, frozen=True):
    """A rule's row."""

    holds: str
    message_en: str
    message_zh: str


class FormRow(Struct, frozen=True, kw_only=True):
    """A form's row with the title of its newest version."""

    id: UUID
    version: int
    title_en: str
    title_zh: str
    created_at: datetime
    updated_at: datetime
    relations: int


class FormSummary(Struct, frozen=True, kw_only=True):
    """A form 填报表 in a list."""

    id: UUID
    version: int
    title: Text
    created_at: datetime
    updated_at: datetime
    actions: list[str]


class Form(FormSummary, frozen=True, kw_only=True):
    """A form 填报表 in its newest version; every version stays as it was."""

    fields: list[FormField]
    rules: list[Rule]
