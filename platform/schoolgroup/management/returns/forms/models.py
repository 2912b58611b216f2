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
NUMBER_MAX = 1e15  # beyond it a JSON number no longer holds every integer

FieldCode = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}$", examples=["pupils_total"])]
Label = Annotated[str, Meta(min_length=1, max_length=200)]
Bound = Annotated[float, Meta(ge=-NUMBER_MAX, le=NUMBER_MAX)]


class FieldType(StrEnum):
    """What kind of answer a field takes."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DATE = "date"


class Labels(Input, frozen=True):
    """A name in both languages."""

    en: Label
    zh: Label


class ChoiceWish(Input, frozen=True):
    """One answer that can be chosen."""

    code: FieldCode
    label: Labels


class FieldWish(Input, frozen=True):
    """A field of a form: by its code alone where the dictionary has it, else with its meaning.

    `min` and `max` bound a number's value, or the length of a text in characters.
    """

    code: FieldCode
    required: bool = False
    label: Labels | None = None
    type: FieldType | None = None
    unit: Annotated[str, Meta(max_length=40)] = ""
    min: Bound | None = None
    max: Bound | None = None
    choices: Annotated[list[ChoiceWish], Meta(max_length=CHOICES_MAX)] = field(default_factory=list)


class FormWish(Input, frozen=True):
    """A form, or its next version: its fields in the order they are shown."""

    title: Labels
    fields: Annotated[list[FieldWish], Meta(min_length=1, max_length=FIELDS_MAX)]


class Choice(Struct, frozen=True):
    """One answer that can be chosen."""

    code: str
    label: Text


class Field(Struct, frozen=True, kw_only=True):
    """An entry of the dictionary 数据字典: one meaning for the whole group, which never changes."""

    code: str
    label: Text
    type: FieldType
    unit: str
    min: float | None
    max: float | None
    choices: list[Choice]


class FormField(Field, frozen=True, kw_only=True):
    """A field on a form."""

    required: bool


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
    required: bool = False

    def as_field(self) -> Field:
        """The entry as it is shown."""
        return Field(
            code=self.code, label=Text(self.label_en, self.label_zh), type=self.type,
            unit=self.unit, min=self.min, max=self.max, choices=self.choices,
        )  # fmt: skip

    def as_form_field(self) -> FormField:
        """The field as it stands on the form."""
        return FormField(
            code=self.code, label=Text(self.label_en, self.label_zh), type=self.type,
            unit=self.unit, min=self.min, max=self.max, choices=self.choices,
            required=self.required,
        )  # fmt: skip


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
