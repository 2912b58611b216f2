"""Structs and word lists of the description, as source."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from schoolgroup.generator import names
from schoolgroup.generator.types import Types, field_name

Json = dict[str, Any]
HEADER = "frozen=True, kw_only=True, omit_defaults=True"


def struct_source(
    name: str,
    schema: Json,
    types: Types,
    tags: Mapping[str, tuple[str, str]],
    *,
    answered: bool,
) -> list[str]:
    """The source of one component: a word list, a struct, or another name for a type.

    `answered`: it is only ever received, so that what is left out is known to be empty.
    """
    if "enum" in schema and all(isinstance(value, str) for value in schema["enum"]):
        return _words(name, schema)
    if "properties" not in schema:
        return [f"{name} = {types.of(schema) if schema else 'Any'}", "", ""]
    tag = tags.get(name)
    header = HEADER if tag is None else f'{HEADER}, tag_field="{tag[0]}", tag="{tag[1]}"'
    lines = [f"class {name}(Struct, {header}):"]
    if schema.get("description"):
        lines += [f"    {docstring(schema['description'], 4)}", ""]
    fields = [
        line
        for field, kind in schema["properties"].items()
        if tag is None or field != tag[0]
        for line in _field(field, kind, field in schema.get("required", []), types, answered)
    ]
    return [*lines, *(fields or ["    pass"]), "", ""]


def _words(name: str, schema: Json) -> list[str]:
    taken: set[str] = set()
    lines = [f"class {name}(k.Word):"]
    if schema.get("description"):
        lines += [f"    {docstring(schema['description'], 4)}", ""]
    for value in schema["enum"]:
        member = names.member(value)
        while member in taken:
            member += "_"
        taken.add(member)
        lines.append(f"    {member} = {json.dumps(value, ensure_ascii=False)}")
    return [*lines, "", ""]


def _field(name: str, schema: Json, required: bool, types: Types, answered: bool) -> Iterator[str]:
    safe, differs = field_name(name)
    kind = types.of(schema)
    wire = f'name="{name}"' if differs else ""
    if required:
        yield f"    {safe}: {kind}" + (f" = field({wire})" if wire else "")
        return
    default = _default(schema, kind, types)
    if default is None and answered:
        default = _empty(kind)
    if default is None:
        kind = kind if kind == "Any" else f"{kind} | UnsetType"
        default = "UNSET"
    if wire:
        yield f"    {safe}: {kind} = field({wire}, default={default})"
    else:
        yield f"    {safe}: {kind} = {default}"


def _default(schema: Json, kind: str, types: Types) -> str | None:
    """A default as source; None where it cannot be said simply, so that the server decides."""
    if "default" not in schema:
        return None
    value = schema["default"]
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if value in ([], {}):
        return repr(value)
    if isinstance(value, str):
        base = kind.removesuffix(" | None")
        words = types.schemas.get(base.rpartition(".")[2], {}).get("enum", [])
        if value in words:
            return f"{base}.{names.member(value)}"
        if base == "str" or base.startswith("Literal["):
            return json.dumps(value, ensure_ascii=False)
    return None


def _empty(kind: str) -> str | None:
    if kind.endswith("None"):
        return "None"
    empty = {"list": "[]", "dict": "{}"}
    return empty.get(kind.partition("[")[0]) if " | " not in kind else None


def docstring(text: str, indent: int) -> str:
    """Text as a docstring, wrapped to the line length of the house."""
    width = 98 - indent
    paragraphs = [_wrapped(part, width) for part in text.strip().split("\n\n")]
    lines = "\n\n".join(paragraphs).replace("\\", "\\\\").replace('"""', "'''").split("\n")
    pad = " " * indent
    if len(lines) == 1 and len(lines[0]) + 6 <= width:
        return f'"""{lines[0]}"""'
    body = "\n".join(f"{pad}{line}".rstrip() for line in lines[1:])
    return f'"""{lines[0]}\n{body}\n{pad}"""' if body else f'"""{lines[0]}\n{pad}"""'


def _wrapped(text: str, width: int) -> str:
    """Wrapped between words; a Chinese sentence, which has none, between characters."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        while len(word) > width - 6:
            room = width - 7 - len(current)
            current, word = f"{current} {word[:room]}".strip(), word[room:]
            lines.append(current)
            current = ""
        if len(current) + 1 + len(word) > width - 6:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}".strip()
    return "\n".join([*lines, current]) if current else "\n".join(lines)
