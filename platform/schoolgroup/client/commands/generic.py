"""Any operation by its name, its arguments read as what the description says they are."""

import importlib
import inspect
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from schoolgroup.client.calling import Client
from schoolgroup.client.errors import SchoolgroupError
from schoolgroup.client.generated.operations import OPERATIONS


class WrongUse(SchoolgroupError):
    """There is no such operation, or it is not called so."""


def call_by_name(client: Client, operation: str, given: Sequence[str], body: str | None) -> Any:
    """The answer of an operation; `given` are values in order, or `name=value`; raises WrongUse."""
    if operation not in OPERATIONS:
        near = [name for name in OPERATIONS if operation.lower() in name.lower()][:8]
        raise WrongUse(f"no operation {operation}; {', '.join(near) or 'see /docs'}")
    room, method = OPERATIONS[operation]
    asks = getattr(importlib.import_module(f"schoolgroup.client.generated.{room}"), method)
    kinds = typing.get_type_hints(asks)
    parameters = inspect.signature(asks).parameters
    ordered = [n for n, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    arguments: dict[str, Any] = {}
    free = iter(name for name in ordered if name != "body")
    for one in given:
        name, found, value = one.partition("=")
        if not found or name not in parameters:
            name, value = next(free, ""), one
        if name not in parameters:
            raise WrongUse(f"{operation} takes {', '.join(parameters) or 'nothing'}, not {one}")
        arguments[name] = msgspec.convert(value, kinds[name], strict=False)
    if body is not None:
        raw = Path(body[1:]).read_bytes() if body.startswith("@") else body.encode()
        wanted = kinds.get("body", bytes)
        arguments["body"] = raw if wanted is bytes else msgspec.json.decode(raw, type=wanted)
    try:
        asked = asks(**arguments)
    except TypeError as wrong:
        raise WrongUse(f"{operation}: {wrong}") from wrong
    return client.send(asked)
