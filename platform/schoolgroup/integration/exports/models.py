"""What is taken out of the platform as a file, and how it is written."""

from enum import StrEnum


class Form(StrEnum):
    """How an export is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONLD = "jsonld"
