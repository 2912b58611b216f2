"""Operations of the description, as source: one function each, that says what is asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schoolgroup.generator import names
from schoolgroup.generator.structs import docstring
from schoolgroup.generator.types import REF, Types

Json = dict[str, Any]
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
FORM_PARAMETERS = frozenset({"form", "format", "file_format"})


@dataclass(frozen=True)
class Operation:
    """One operation, with what is shared looked up."""

    method: str
    path: str
    told: Json
    parameters: list[Json]
    responses: dict[str, Json]

    @property
    def name(self) -> str:
        """The operationId."""
        return str(self.told["operationId"])

    @property
    def function(self) -> str:
        """Its name in Python."""
        return names.function(self.name)

    @property
    def tag(self) -> str:
        """The room it is in."""
        return str(self.told["tags"][0])

    @property
    def signed(self) -> bool:
        """Whether it takes a token, where one is there."""
        return bool(self.told["security"])


def call_source(operation: Operation, types: Types) -> list[str]:
    """The source of the function that says what is asked."""
    positional: list[str] = []
    keywords: list[str] = []
    sent: list[str] = []
    path = _path(operation, types, positional)
    query: list[str] = []
    for one in operation.parameters:
        safe = names.attribute(one["name"])
        if one["in"] == "query":
            keywords.append(_parameter(safe, one, types))
            query.append(f"{json.dumps(one['name'])}: {safe}")
    if query:
        sent.append(f"query={{{', '.join(query)}}}")
    sent += _body(operation, types, positional, keywords)
    headers = {one["name"]: one for one in operation.parameters if one["in"] == "header"}
    if "If-Match" in headers:
        must = headers["If-Match"].get("required")
        keywords.append("version: int" if must else "version: int | None = None")
        sent.append("version=version")
    if "If-None-Match" in headers:
        sent.append("begins=version is None")
    if "Idempotency-Key" in headers:
        keywords.append("idempotency_key: str | None = None")
        sent += ["once=True", "key=idempotency_key"]
    if not operation.signed:
        sent.append("signed=False")
    kind, read, accept = answer_of(operation, types)
    if accept != JSON:
        sent.append(f'accept="{accept}"')
    keywords.sort(key=lambda said: " = " in said)  # what must be given first
    signature = ", ".join([*positional, *(["*", *keywords] if keywords else [])])
    given = ", ".join([f'"{operation.name}"', f'"{operation.method}"', path, read, *sent])
    text = operation.told.get("summary", "") + "."
    if operation.told.get("description"):
        text += "\n\n" + operation.told["description"]
    return [
        f"def {operation.function}({signature}) -> k.Asked[{kind}]:",
        f"    {docstring(text, 4)}",
        f"    return k.ask({given})",
        "",
        "",
    ]


def answer_of(operation: Operation, types: Types) -> tuple[str, str, str]:
    """What an operation answers: its type, how it is read, and what is accepted."""
    good = {s: r for s, r in operation.responses.items() if s[0] == "2"}
    if not good:
        return "k.Link", "k.read_link", "*/*"
    contents: dict[str, Json] = {}
    for answer in good.values():
        contents |= answer.get("content", {})
    if not contents:
        return "None", "k.read_nothing", "*/*"
    schema = contents.get(JSON, {}).get("schema")
    asked_by = {one["name"] for one in operation.parameters if one["in"] == "query"}
    several = len(contents) > 1 and bool(asked_by & FORM_PARAMETERS)
    if schema is None or schema == {"type": "object"}:
        return "k.Content", "k.read_content", "*/*"
    kind = types.of(schema)
    readable = kind if " | " not in kind else "Any"
    if several:
        return f"{readable} | k.Content", f"k.read_either({readable})", "*/*"
    if readable == "Any" or readable != kind:
        return "Any", "k.read_json(Any)", JSON
    return kind, f"k.read_json({kind})", JSON


def page_of(operation: Operation, schemas: Mapping[str, Json]) -> bool:
    """Whether it lists by pages."""
    named = {one["name"] for one in operation.parameters if one["in"] == "query"}
    schema = operation.responses.get("200", {}).get("content", {}).get(JSON, {}).get("schema", {})
    properties = schemas.get(schema.get("$ref", "").removeprefix(REF), {}).get("properties", {})
    return "cursor" in named and {"items", "next_cursor"} <= set(properties)


def _path(operation: Operation, types: Types, positional: list[str]) -> str:
    filled = []
    for one in operation.parameters:
        if one["in"] == "path":
            safe = names.attribute(one["name"])
            positional.append(f"{safe}: {types.of(one['schema'])}")
            filled.append(f"{one['name']}={safe}")
    if not filled:
        return f'"{operation.path}"'
    return f'k.path_of("{operation.path}", {", ".join(filled)})'


def _parameter(safe: str, one: Json, types: Types) -> str:
    kind = types.of(one["schema"])
    if one.get("required"):
        return f"{safe}: {kind}"
    return f"{safe}: {kind if kind.endswith('None') else f'{kind} | None'} = None"


def _body(
    operation: Operation, types: Types, positional: list[str], keywords: list[str]
) -> list[str]:
    asked = operation.told.get("requestBody")
    if not asked:
        return []
    kinds = list(asked["content"])
    optional = "" if asked.get("required") else " | None = None"
    if kinds in ([JSON], [FORM]):
        positional.append(f"body: {types.of(asked['content'][kinds[0]]['schema'])}{optional}")
        return ["body=body"] if kinds == [JSON] else ["body=body", f'content_type="{FORM}"']
    positional.append(f"body: bytes{optional}")
    keywords.append(f'content_type: str = "{kinds[0]}"')
    return ["body=body", "content_type=content_type"]
