"""Schemes as files: YAML and JSON hold all of it; a workbook has a row per part."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from schoolgroup.evaluation.appraisals.schemes.models import SchemeInput
from schoolgroup.evaluation.appraisals.schemes.rules import SchemeInvalid
from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.sheets import Row, need_columns, read_sheet, write_xlsx

READY = Path(__file__).parent / "ready"
BYTES_MAX = 1_000_000
DEPTH_MAX = 16
COLUMNS = (
    "code", "parent", "title_zh", "title_en", "weight_bp", "scale", "sources", "veto_below_bp",
    "evidence_required", "settings",
)  # fmt: skip
SCHEME_ROW = "*scheme"


def ready_scheme(name: str) -> SchemeInput:
    """A scheme shipped as data."""
    return read_scheme((READY / f"{name}.yaml").read_bytes())


def read_scheme(content: bytes) -> SchemeInput:
    """The scheme of a file: XLSX, JSON or YAML, told apart by how it begins.

    Raises SchemeInvalid, SheetRefused.
    """
    if len(content) > BYTES_MAX:
        raise _refused("too_large", f"at most {BYTES_MAX} bytes")
    if content[:2] == b"PK":
        plain: Any = _of_rows(read_sheet(content))
    else:
        plain = _read_text(content)
    try:
        return msgspec.convert(plain, SchemeInput)
    except msgspec.ValidationError as wrong:
        why, _, place = str(wrong).partition(" - at ")
        raise _refused("field", why, place.strip("`") or "/") from wrong


def write_yaml(scheme: SchemeInput) -> bytes:
    """The scheme as YAML, in the order of its fields."""
    plain = msgspec.to_builtins(scheme)
    text: str = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


def write_json(scheme: SchemeInput) -> bytes:
    """The scheme as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(scheme), indent=2)


def write_workbook(scheme: SchemeInput) -> bytes:
    """A row for the scheme itself, then one per indicator; parts of parts as JSON."""
    plain = msgspec.to_builtins(scheme)
    rest = {name: plain[name] for name in ("subject", "teachers_to_office", "settings")}
    title = plain["title"]
    rows: list[list[object]] = [
        [SCHEME_ROW, scheme.code, title["zh"], title["en"], "", "", "", "", "", _json(rest)]
    ]
    for one in plain["indicators"]:
        sources = "; ".join(f"{s['source']} {s['weight_bp']}" for s in one["sources"])
        veto = one["veto_below_bp"]
        rows.append(
            [one["code"], one["parent"], one["title"]["zh"], one["title"]["en"], one["weight_bp"],
             _json(one["scale"]) if one["scale"] else "", sources, "" if veto is None else veto,
             "yes" if one["evidence_required"] else "", ""]
        )  # fmt: skip
    return write_xlsx(scheme.code, COLUMNS, rows)


def _of_rows(rows: list[Row]) -> dict[str, Any]:
    need_columns(rows, COLUMNS)
    first, *others = rows
    if first.cells["code"] != SCHEME_ROW:
        raise _refused("first_row", f"the first row is {SCHEME_ROW}", "/2/code")
    plain: dict[str, Any] = {
        **_parsed(first, "settings"),
        "code": first.cells["parent"],
        "title": {"en": first.cells["title_en"], "zh": first.cells["title_zh"]},
        "indicators": [],
    }
    for row in others:
        cells = row.cells
        sources = []
        for part in filter(None, (part.strip() for part in cells["sources"].split(";"))):
            name, _, weight = part.partition(" ")
            sources.append({"source": name, "weight_bp": _whole(row, "sources", weight)})
        one: dict[str, Any] = {
            "code": cells["code"],
            "parent": cells["parent"],
            "title": {"en": cells["title_en"], "zh": cells["title_zh"]},
            "weight_bp": _whole(row, "weight_bp", cells["weight_bp"]),
            "scale": _parsed(row, "scale") if cells["scale"] else None,
            "sources": sources,
            "evidence_required": cells["evidence_required"].lower() in ("yes", "true", "1", "是"),
        }
        if cells["veto_below_bp"]:
            one["veto_below_bp"] = _whole(row, "veto_below_bp", cells["veto_below_bp"])
        plain["indicators"].append(one)
    return plain


def _whole(row: Row, column: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()):
        raise _refused("number", f"{text!r} is no whole number", f"/{row.number}/{column}")
    return int(text)


def _parsed(row: Row, column: str) -> dict[str, Any]:
    try:
        read = json.loads(row.cells[column])
    except (ValueError, RecursionError) as wrong:
        raise _refused("json", "not JSON", f"/{row.number}/{column}") from wrong
    if not isinstance(read, dict):
        raise _refused("json", "not an object", f"/{row.number}/{column}")
    return read


def _read_text(content: bytes) -> Any:
    """JSON is YAML; anchors are refused, for a small file could unfold without end."""
    try:
        text = content.decode("utf-8-sig")
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise _refused("alias", "anchors and aliases are not read here")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEPTH_MAX:
                raise _refused("too_deep", "too many levels")
        return _numbers_as_written(yaml.load(text, Loader=_Plain))
    except UnicodeDecodeError as wrong:
        raise _refused("encoding", "not UTF-8") from wrong
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = f"/{mark.line + 1}/{mark.column + 1}" if mark else "/"
        raise _refused("yaml", "cannot be read as YAML or JSON", place) from wrong


class _Plain(yaml.SafeLoader):
    """Decimals stay the text they were written as: `5.3` is exact."""


_Plain.add_constructor("tag:yaml.org,2002:float", lambda loader, node: str(node.value))


def _numbers_as_written(plain: Any) -> Any:
    """Whole numbers where a number is written as text: of scales and of rules by stage."""
    if isinstance(plain, dict):
        return {
            name: _texts(value)
            if name in ("targets", "min", "max", "step")
            else _numbers_as_written(value)
            for name, value in plain.items()
        }
    return [_numbers_as_written(one) for one in plain] if isinstance(plain, list) else plain


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _texts(one) for name, one in value.items()}
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _json(plain: object) -> str:
    return json.dumps(plain)  # escaped: cells are normalised when they are read


def _refused(code: str, why: str, pointer: str = "/") -> SchemeInvalid:
    return SchemeInvalid(problems=[Problem(pointer, code, why, "mend the file")])
