"""The files of the client: which schema lives where, and what each module says."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from schoolgroup.generator import names
from schoolgroup.generator.calls import Operation, call_source, page_of
from schoolgroup.generator.structs import docstring, struct_source
from schoolgroup.generator.types import Types, page_item, refs_in, tags_of

Json = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
SHARED = "shared"
NOTICE = "Written by `make client` from the API description: do not edit."
CODE = re.compile(r"^`(?P<code>[a-z_]+)`: (?P<title>.*)\Z")


def write_client(document: Json) -> dict[str, str]:
    """Every file of `client/generated`, by its name, before the formatter has seen it."""
    schemas: dict[str, Json] = document["components"]["schemas"]
    operations = _operations(document)
    homes = _homes(schemas, operations)
    tags = tags_of(schemas, document)
    asked = _within([one.told.get("requestBody") for one in operations], schemas)
    told = {tag["name"]: tag["description"] for tag in document["tags"]}
    by_tag: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        by_tag[operation.tag].append(operation)
    files = {
        "__init__.py": f'"""{NOTICE}"""\n',
        "rooms/__init__.py": _index(sorted(by_tag)),
        "codes.py": _codes(document),
        "operations.py": _table(operations),
    }
    for module in sorted({*homes.values(), *by_tag}):
        types = Types(schemas, homes, module)
        lines: list[str] = []
        for name in sorted(schemas):
            if homes.get(name) == module and page_item(schemas, name) is None:
                answered = name not in asked
                lines += struct_source(name, schemas[name], types, tags, answered=answered)
        for operation in by_tag.get(module, []):
            lines += call_source(operation, types)
        files[f"{module}.py"] = _module(told.get(module, "What several rooms speak of."), lines)
    for tag, inside in by_tag.items():
        files[f"rooms/{tag}.py"] = _room(tag, told.get(tag, tag), inside, schemas)
    return files


def _operations(document: Json) -> list[Operation]:
    components = document["components"]
    found = []
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method not in methods:
                continue
            told = methods[method]
            found.append(
                Operation(
                    method.upper(),
                    path,
                    told,
                    [_looked_up(components, one) for one in told.get("parameters", [])],
                    {s: _looked_up(components, r) for s, r in told["responses"].items()},
                )
            )
    return sorted(found, key=lambda one: one.name)


def _looked_up(components: Json, node: Json) -> Json:
    if "$ref" not in node:
        return node
    _, section, name = node["$ref"].removeprefix("#/").split("/")
    found: Json = components[section][name]
    return found


def _homes(schemas: Mapping[str, Json], operations: list[Operation]) -> dict[str, str]:
    """The module of each schema: its room's, or the shared one where several rooms use it."""
    users: dict[str, set[str]] = defaultdict(set)
    for operation in operations:
        good = {s: r for s, r in operation.responses.items() if s < "400"}
        waiting = [operation.told.get("requestBody"), operation.parameters, good]
        for name in _within(waiting, schemas):
            users[name].add(operation.tag)
    return {name: (tags.pop() if len(tags) == 1 else SHARED) for name, tags in users.items()}


def _within(node: object, schemas: Mapping[str, Json]) -> set[str]:
    """Every schema that is named within, and within those."""
    waiting, seen = refs_in(node), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting |= refs_in(schemas[name])
    return seen


def _module(about: str, lines: list[str]) -> str:
    text = "\n".join(lines)
    kinds = [kind for kind in ("Any", "Literal") if re.search(rf"\b{kind}\b", text)]
    parts = [kind for kind in ("UNSET", "Struct", "UnsetType", "field") if
             re.search(rf"\b{kind}\b", text)]  # fmt: skip
    head = [
        docstring(f"{about}\n\n{NOTICE}", 0),
        "",
        "from __future__ import annotations",
        "",
        "import datetime as dt" if "dt." in text else "",
        f"from typing import {', '.join(kinds)}" if kinds else "",
        "from uuid import UUID" if "UUID" in text else "",
        "",
        f"from msgspec import {', '.join(parts)}" if parts else "",
        "",
        "from schoolgroup.client import kinds as k" if "k." in text else "",
        "from schoolgroup.client.generated import shared" if "shared." in text else "",
        "",
        "",
    ]
    return "\n".join(line for i, line in enumerate(head) if line or head[i - 1]) + "\n" + text


def _room(tag: str, about: str, inside: list[Operation], schemas: Mapping[str, Json]) -> str:
    lines = [
        docstring(f"{about}\n\n{NOTICE}", 0),
        "",
        f"from schoolgroup.client.generated import {tag} as asks",
        "from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room",
    ]
    for prefix, base in (("", "Room"), ("Async", "AsyncRoom")):
        within = ", to be awaited" if prefix else ""
        lines += ["", "", f"class {prefix}{names.camel(tag)}({base}):"]
        lines += [f"    {docstring(about.rstrip('.') + within + '.', 4)}", ""]
        for one in inside:
            lines.append(f"    {one.function} = {prefix}Act(asks.{one.function})")
            if page_of(one, schemas):
                each = names.all_of(one.function)
                lines.append(f"    {each} = {prefix}Each(asks.{one.function})")
    if not any(page_of(one, schemas) for one in inside):
        lines[3] = "from schoolgroup.client.rooms import Act, AsyncAct, AsyncRoom, Room"
    return "\n".join(lines) + "\n"


def _index(tags: list[str]) -> str:
    lines = [
        docstring(f"The rooms of a client; each is imported when it is first used.\n\n{NOTICE}", 0),
        "",
        "from __future__ import annotations",
        "",
        "from functools import cached_property",
        "from typing import TYPE_CHECKING",
        "",
        "if TYPE_CHECKING:",
        f"    from schoolgroup.client.generated.rooms import {', '.join(tags)}",
        "",
    ]
    for prefix, kind_of in (("", "a client"), ("Async", "an async client")):
        lines += ["", f"class {prefix}Rooms:", f'    """Every room of {kind_of}."""']
        for tag in tags:
            kind = f"{prefix}{names.camel(tag)}"
            lines += [
                "",
                "    @cached_property",
                f"    def {tag}(self) -> {tag}.{kind}:",
                f"        from schoolgroup.client.generated.rooms.{tag} import {kind}",
                "",
                f"        return {kind}(self)  # type: ignore[arg-type]  # the client itself",
            ]
        lines.append("")
    return "\n".join(lines)


def _table(operations: list[Operation]) -> str:
    lines = [
        docstring(f"Where each operation is: its room and its method.\n\n{NOTICE}", 0),
        "",
        "OPERATIONS: dict[str, tuple[str, str]] = {",
        *(f'    "{one.name}": ("{one.tag}", "{one.function}"),' for one in operations),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _codes(document: Json) -> str:
    titles: dict[str, str] = {}
    shared = list(document["components"].get("responses", {}).values())
    own = [
        answer
        for methods in document["paths"].values()
        for told in methods.values()
        for answer in told["responses"].values()
    ]
    for answer in [*shared, *own]:
        for part in answer.get("description", "").split("; "):
            if (found := CODE.match(part)) and found["code"] in answer.get("x-codes", []):
                titles.setdefault(found["code"], found["title"])
    lines = [
        docstring(f"The codes of refusals, with what they say.\n\n{NOTICE}", 0),
        "",
        "from schoolgroup.client.kinds import Word",
        "",
        "",
        "class Code(Word):",
        '    """`Refused.code`, where the description names it."""',
        "",
    ]
    for code, title in sorted(titles.items()):
        lines += [f'    {names.member(code)} = "{code}"', f"    {docstring(title, 4)}"]
    return "\n".join(lines) + "\n"
