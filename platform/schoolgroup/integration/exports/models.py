"""What is taken out of the platform as a file, and how it is written."""

from enum import StrEnum

from msgspec import Struct


class Form(StrEnum):
    """How an export is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONLD = "jsonld"


class Exported(Struct, frozen=True):
    """A file, and what it is called."""

    name: str
    media_type: str
    content: bytes
