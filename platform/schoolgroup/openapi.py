"""The API description put right: from the framework's document to the one that is shipped. Pure.

What the framework cannot know (which version and which key a request carries, which headers an
answer has) or says awkwardly (names of generated schemas, Python's dialect of patterns) is mended
here, in one place, so that independent linters and generators find nothing to say
(`make openapi-lint`).
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
SHARED_FROM = 20  # operations
METHODS = ("get", "put", "post", "delete", "patch")
REF = "#/components/schemas/"
PROBLEM_JSON = "application/problem+json"
JSON_LIKE = re.compile(r"^application/([a-z.+-]+\+)?(json|yaml)\b")
TEXTUAL = re.compile(r"^text/|xml\b|calendar\b")
CODE = re.compile(r"^`(?P<code>[a-z_]+)`")
GENERIC = re.compile(r"^(?P<outer>[A-Za-z]+)_(?P<inner>[\w.]+)_\Z")
ROOMS = {"schoolgroup", "models", "routes", "service", "rules", "queries", "outcomes"}
NOISE: Json = {  # what says nothing
    "allowEmptyValue": False,
    "allowReserved": False,
    "deprecated": False,
    "headers": {},
    "required": [],
}

INFO = {
    "description": (
        "One multi-tenant API for an education group and its partner schools.\n\n"
        "Refusals are `application/problem+json` (RFC 9457) with a stable `code`, a `remedy` and a "
        "`request_id`, in the language of `Accept-Language` (zh-CN or en). Items carry an `ETag`, "
        "changes need it as `If-Match`. A POST may carry an `Idempotency-Key`: repeated within 24 "
        "hours it gives the answer of the first. Lists are paged by `next_cursor`. Unknown fields "
        "and parameters are refused, never ignored; answers may gain fields at any time."
    ),
    "contact": {"name": "The office of the education group that runs this server"},
}
IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that is changed.",
    "schema": {"type": "string", "pattern": '^"?[0-9]{1,9}"?$', "examples": ['"3"']},
}
PARAMETERS: Json = {
    "IfMatch": IF_MATCH,
    "IfMatchWhereKnown": {**IF_MATCH, "required": False},
    "Begins": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "`*` instead of If-Match: it begins here, and nothing is overwritten.",
        "schema": {"type": "string", "pattern": "^\\*$", "examples": ["*"]},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "A name for this command: repeated, it gives the answer of the first time.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$", "examples": ["7f9c24e8"]},
    },
}
HEADERS: Json = {
    "ETag": ("The version of the item, for If-Match and If-None-Match.", "string"),
    "Link": ('The next page, `rel="next"` (RFC 8288); absent on the last one.', "string"),
    "Location": ("Where it is.", "string"),
    "RetryAfter": ("Seconds to wait before asking again.", "integer"),
    "WWWAuthenticate": ("How to say who you are.", "string"),
}
HEADER_NAMES = {
    "RetryAfter": "Retry-After",
    "WWWAuthenticate": "WWW-Authenticate",
}


@dataclass(frozen=True)
class Traits:
    """What a handler's code does that its signature does not say."""

    public: bool
    versioned: bool  # it takes If-Match
    once: bool  # it honours an Idempotency-Key
    item: bool  # its answer carries an ETag
    paged: bool  # its answer carries a Link to the next page
    known: bool = False  # it takes If-Match only where a version is known
    begins: bool = False  # it takes `If-None-Match: *` instead


def traits_of(handler: Callable[..., Any], act: str) -> Traits:
    """Read off the names a handler's own code uses which way of `Call` it takes."""
    names = set(handler.__code__.co_names)
    looks_at = set(handler.__code__.co_consts)
    changes = bool(names & {"change", "expected_version"})
    begins = changes and "if-none-match" in looks_at
    return Traits(
        public=act == "public",
        versioned=changes,
        once=bool(names & {"once", "change"}),
        item=bool(names & {"item", "etag", "change"}),
        paged=bool(names & {"page", "link_to_next"}),
        known=begins or (changes and "if-match" in looks_at),
        begins=begins,
    )


def finish(document: Json, traits: Mapping[str, Traits]) -> Json:
    """The document with what the framework left out; `traits` by operationId."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    renamed = short_names(schemas)
    document = _mended(document, renamed)
    components = document["components"]
    components["schemas"] = {
        renamed[name]: {**schema, "title": renamed[name]}
        for name, schema in components["schemas"].items()
    }
    components["parameters"] = PARAMETERS
    components["headers"] = {
        name: {"description": text, "schema": {"type": kind}}
        for name, (text, kind) in HEADERS.items()
    }
    document["info"] |= INFO
    for operation in operations(document):
        _finish_operation(operation, traits[operation["operationId"]])
    components["responses"] = _shared_answers(document)
    used = {tag for operation in operations(document) for tag in operation["tags"]}
    document["tags"] = [tag for tag in document.get("tags", []) if tag["name"] in used]
    return document


def operations(document: Json) -> Iterator[Json]:
    """Every operation of the document."""
    for path in document["paths"].values():
        for method in METHODS:
            if method in path:
                yield path[method]


def short_names(schemas: Mapping[str, Json]) -> dict[str, str]:
    """A short, unique name for every schema: `LoanPage`, and `PublishingCell` where two collide.

    The framework names by module (`Page_schoolgroup.resources.lending.desk.models.Loan_`).
    """
    plain = [name for name in schemas if not GENERIC.match(name)]
    taken = {name for name in plain if "_" not in name}
    named = {name: name for name in taken}
    for name in sorted(set(plain) - taken):
        *modules, own = name.split("_")
        words = [word for word in modules if word not in ROOMS] or modules
        for count in range(1, len(words) + 1):
            wanted = "".join(word.capitalize() for word in words[-count:]) + own
            if wanted not in taken:
                break
        else:
            wanted = "".join(part.capitalize() for part in modules) + own
        named[name] = wanted
        taken.add(wanted)
    for name in sorted(set(schemas) - set(plain)):
        match = GENERIC.match(name)
        assert match is not None
        inner = _refs(schemas[name])
        base = named[inner[0]] if inner else match["inner"].rpartition(".")[2]
        named[name] = base + match["outer"]
    return named


def _refs(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"].removeprefix(REF)] if "$ref" in node else []
        return own + [ref for value in node.values() for ref in _refs(value)]
    if isinstance(node, list):
        return [ref for value in node for ref in _refs(value)]
    return []


def _mended(node: Any, renamed: Mapping[str, str]) -> Any:
    """Every node again, in the words of OpenAPI 3.1 and JSON Schema 2020-12."""
    if isinstance(node, list):
        return [_mended(value, renamed) for value in node]
    if not isinstance(node, dict):
        # a limit of a whole number is said as one
        return int(node) if isinstance(node, float) and node.is_integer() else node
    if set(node) == {"$ref"}:
        return {"$ref": REF + renamed[node["$ref"].removeprefix(REF)]}
    kept = {
        key: _mended(value, renamed)
        for key, value in node.items()
        if not (key in NOISE and NOISE[key] == value)
    }
    if isinstance(kept.get("pattern"), str):
        # the end of the text is \Z in Python, $ in the dialect of JSON Schema (ECMA-262)
        kept["pattern"] = kept["pattern"].replace(r"\Z", "$").replace("(?P<", "(?<")
    if isinstance(kept.get("description"), str):
        kept["description"] = inspect.cleandoc(kept["description"])
    if isinstance(kept.get("prefixItems"), list):
        # a tuple of so many: what comes after is refused by the length
        count = len(kept["prefixItems"])
        kept |= {"items": kept["prefixItems"][-1], "minItems": count, "maxItems": count}
    only = kept.get("oneOf")
    if isinstance(only, list) and (len(only) == 1 or {} in only):
        del kept["oneOf"]
        kept = {**(only[0] if len(only) == 1 else {}), **kept}
    return kept


def _finish_operation(operation: Json, traits: Traits) -> None:
    operation.setdefault("security", [] if traits.public else [{"bearer": []}])
    if operation["security"] == [{}]:
        operation["security"] = []
    added = [
        {"$ref": f"#/components/parameters/{name}"}
        for name, wanted in (
            ("IfMatch", traits.versioned and not traits.known),
            ("IfMatchWhereKnown", traits.known),
            ("Begins", traits.begins),
            ("IdempotencyKey", traits.once),
        )
        if wanted
    ]
    if added:
        operation["parameters"] = [*operation.get("parameters", []), *added]
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        for media_type, shown in content.items():
            shown["schema"] = _of_media(media_type, shown.get("schema", {}))
        nothing = all(one["schema"] == {"type": "null"} for one in content.values())
        if nothing or status in ("204", "304", "307"):
            answer.pop("content", None)
        if status >= "400":
            _name_codes(answer)
        if names := _headers_of(status, traits):
            answer["headers"] = answer.get("headers", {}) | {
                HEADER_NAMES.get(name, name): {"$ref": f"#/components/headers/{name}"}
                for name in names
            }


def _shared_answers(document: Json) -> Json:
    """Refusals that many operations give in the same words, said once: a third of the document."""
    found: dict[str, list[tuple[Json, str]]] = {}
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "300":
                key = f"{status} {json.dumps(answer, sort_keys=True)}"
                found.setdefault(key, []).append((operation["responses"], status))
    shared: Json = {}
    for places in found.values():
        if len(places) < SHARED_FROM:
            continue
        status = places[0][1]
        alike = sum(name.startswith(f"Answer{status}") for name in shared)
        name = f"Answer{status}" + (f"_{alike + 1}" if alike else "")
        shared[name] = places[0][0][status]
        for responses, at in places:
            responses[at] = {"$ref": f"#/components/responses/{name}"}
    return shared


def _of_media(media_type: str, schema: Json) -> Json:
    """The schema of an answer's body: bytes are bytes, without drawn examples."""
    if JSON_LIKE.match(media_type):
        return schema
    if TEXTUAL.search(media_type):
        return {"type": "string"}
    return {"type": "string", "format": "binary"}


def _name_codes(answer: Json) -> None:
    """Each code once, and all of them where a program finds them."""
    parts: dict[str, None] = dict.fromkeys(answer["description"].split("; "))
    answer["description"] = "; ".join(parts)
    codes = [match["code"] for part in parts if (match := CODE.match(part))]
    if codes and PROBLEM_JSON in answer.get("content", {}):
        answer["x-codes"] = sorted(set(codes))


def _headers_of(status: str, traits: Traits) -> list[str]:
    names: list[str] = []
    if status in ("200", "201", "304") and traits.item:
        names.append("ETag")
    if status == "200" and traits.paged:
        names.append("Link")
    if status in ("201", "307"):
        names.append("Location")
    if status in ("429", "503"):
        names.append("RetryAfter")
    if status == "401":
        names.append("WWWAuthenticate")
    return names
