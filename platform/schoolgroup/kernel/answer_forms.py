"""An answer that comes in several forms, as the API's description says it."""

from collections.abc import Iterable
from dataclasses import dataclass

from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
)

YAML = "application/yaml"
# read as objects, not as texts
DOCUMENTS = frozenset({"application/json", "application/ld+json", YAML})


def in_forms(media_types: Iterable[str]) -> type[Operation]:
    """An operation answered in several forms: a handler itself can name only one of them."""
    named = list(media_types)

    @dataclass
    class InForms(Operation):
        def __post_init__(self) -> None:
            answer = (self.responses or {}).get("200")
            if isinstance(answer, OpenAPIResponse):
                told = answer.content or {}
                answer.content = {
                    kind: _anything(kind) if kind == YAML else told.get(kind, _anything(kind))
                    for kind in named
                }

    return InForms


def _anything(media_type: str) -> OpenAPIMediaType:
    kind = OpenAPIType.OBJECT if media_type in DOCUMENTS else OpenAPIType.STRING
    return OpenAPIMediaType(schema=Schema(type=kind))
