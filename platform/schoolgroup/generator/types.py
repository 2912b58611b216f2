"""Schemas of the description as types of Python, such that msgspec can decode them."""

import json
from collections.abc import Mapping
from typing import Any

from schoolgroup.generator import names

Json = dict[str, Any]
REF = "#/components/schemas/"
FORMATS = {"uuid": "UUID", "date": "dt.date", "date-time": "dt.datetime", "time": "dt.time"}
SIMPLE = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}


class Types:
    """Types as seen from one module; names of other modules are written with their module."""

    def __init__(self, schemas: Mapping[str, Json], homes: Mapping[str, str], module: str) -> None:
        self.schemas = schemas
        self.homes = homes
        self.module = module

    def of(self, schema: Json) -> str:
        """The annotation for a schema."""
        if "$ref" in schema:
            return self.named(schema["$ref"].removeprefix(REF))
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return self._either([self.of(one) for one in schema[key]])
        if "const" in schema:
            return f"Literal[{_literal(schema['const'])}]"
        if "enum" in schema:
            values = [value for value in schema["enum"] if value is not None]
            said = f"Literal[{', '.join(_literal(value) for value in values)}]"
            return f"{said} | None" if None in schema["enum"] else said
        kind = schema.get("type")
        if isinstance(kind, list):
            return self._either([self.of({**schema, "type": one}) for one in kind])
        if kind == "array":
            return self._array(schema)
        if kind == "object":
            values = schema.get("additionalProperties", {})
            inner = self.of(values) if isinstance(values, dict) and values else "Any"
            return f"dict[str, {inner}]"
        if kind == "string":
            return FORMATS.get(schema.get("format", ""), "str")
        return SIMPLE.get(str(kind), "Any")

    def named(self, name: str) -> str:
        """A struct or word list by its name."""
        item = page_item(self.schemas, name)
        if item is not None:
            return f"k.Page[{self.of(item)}]"
        home = self.homes[name]
        return name if home == self.module else f"{home}.{name}"

    def _array(self, schema: Json) -> str:
        if "prefixItems" in schema:
            return f"tuple[{', '.join(self.of(one) for one in schema['prefixItems'])}]"
        items = schema.get("items")
        return f"list[{self.of(items) if isinstance(items, dict) and items else 'Any'}]"

    def _either(self, kinds: list[str]) -> str:
        """A union msgspec can tell apart: at most one kind of text, of list, of object."""
        flat = list(dict.fromkeys(part for kind in kinds for part in kind.split(" | ")))
        if "Any" in flat:
            return "Any"
        texts = [kind for kind in flat if self._is_text(kind)]
        if len(texts) > 1:
            flat = [kind for kind in flat if kind not in texts]
            flat.insert(0, "str")
        lists = [kind for kind in flat if kind.startswith("list[")]
        if len(lists) > 1:
            flat = [kind for kind in flat if kind not in lists] + ["list[Any]"]
        if "None" in flat:
            flat = [kind for kind in flat if kind != "None"] + ["None"]
        return " | ".join(flat)

    def _is_text(self, kind: str) -> bool:
        if kind in ("str", *FORMATS.values()) or kind.startswith('Literal["'):
            return True
        return "enum" in self.schemas.get(kind.rpartition(".")[2], {})


def page_item(schemas: Mapping[str, Json], name: str) -> Json | None:
    """The items' schema, where a schema is a plain page and nothing else."""
    properties = schemas.get(name, {}).get("properties", {})
    if set(properties) != {"items", "next_cursor"} or not name.endswith("Page"):
        return None
    item: Json = properties["items"]["items"]
    return item


def tags_of(schemas: Mapping[str, Json], everything: object) -> dict[str, tuple[str, str]]:
    """Which structs are told apart by a constant field: their name to (field, constant)."""
    found: dict[str, tuple[str, str]] = {}
    for node in _walk(everything):
        names_in = [
            one["$ref"].removeprefix(REF)
            for one in [*node.get("oneOf", []), *node.get("anyOf", [])]
            if isinstance(one, dict) and "$ref" in one
        ]
        structs = [name for name in names_in if "properties" in schemas[name]]
        if len(structs) > 1:
            for name in structs:
                for field, schema in schemas[name]["properties"].items():
                    if isinstance(schema.get("const"), str):
                        found[name] = (field, schema["const"])
                        break
    return found


def refs_in(node: object) -> set[str]:
    """Every schema that is named within."""
    return {one["$ref"].removeprefix(REF) for one in _walk(node) if _is_schema_ref(one)}


def _is_schema_ref(node: Json) -> bool:
    return isinstance(node.get("$ref"), str) and node["$ref"].startswith(REF)


def _walk(node: object) -> list[Json]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in _walk(value))]
    if isinstance(node, list):
        return [found for value in node for found in _walk(value)]
    return []


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def field_name(name: str) -> tuple[str, bool]:
    """A field's name in Python, and whether it differs from the one on the wire."""
    safe = names.attribute(name)
    return safe, safe != name
