"""The API description: valid, whole, and without what independent linters once found in it."""

import importlib
import keyword
import re
import typing
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from openapi_spec_validator.schemas.utils import get_schema_content

from schoolgroup.client.generated.operations import OPERATIONS
from schoolgroup.commands.routing import GENERATED, as_written
from schoolgroup.documentation import written
from schoolgroup.generator import write_client
from schoolgroup.generator.names import camel
from schoolgroup.openapi import PROBLEM_JSON, Traits, finish, operations, short_names
from tests.applications import bare_app

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
IN_PATH = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module")
def document() -> Json:
    return msgspec.json.decode(written(bare_app()))


def answers(document: Json, operation: Json) -> dict[str, Json]:
    """Each answer of an operation, shared ones looked up."""
    shared = document["components"]["responses"]
    return {
        status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }


def parameters(document: Json, operation: Json) -> list[Json]:
    shared = document["components"]["parameters"]
    return [
        shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in operation.get("parameters", [])
    ]


def schemas_within(node: Any) -> list[Json]:
    """Every schema of the document, wherever it stands."""
    if isinstance(node, list):
        return [found for value in node for found in schemas_within(value)]
    if not isinstance(node, dict):
        return []
    own = [node] if isinstance(node.get("type"), str | list) else []
    return own + [found for value in node.values() for found in schemas_within(value)]


def test_it_is_valid_openapi_3_1_and_so_is_each_schema(document):
    wrong = jsonschema_rs.validator_for(dict(get_schema_content("3.1"))).iter_errors(document)
    assert [(e.message, list(e.instance_path)) for e in wrong] == []
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": DIALECT, **schema}), name


def test_every_reference_leads_somewhere(document):
    text = msgspec.json.encode(document).decode()
    for reference in set(re.findall(r'"\$ref":"#/components/([^"]+)"', text)):
        section, _, name = reference.partition("/")
        assert name in document["components"][section], reference


def test_no_component_is_called_by_a_word_of_a_language(document):
    """Other generators make types of these names: `default`, `class` and `import` would break."""
    words = {*keyword.kwlist, "default", "function", "new", "switch", "this", "enum", "export"}
    names = [name for kind in document["components"].values() for name in kind]
    names += [tag["name"] for tag in document["tags"]]
    assert len(names) > 500
    assert [name for name in names if name in words or not name.strip()] == []


def test_operations_are_named_described_tagged_and_guarded(document):
    found = list(operations(document))
    names = [operation["operationId"] for operation in found]
    python_names = {name.replace("_", "").lower() for name in names}
    assert len(python_names) == len(names), "two operations would have one name in a client"
    declared = [tag["name"] for tag in document["tags"]]
    assert declared == sorted(set(declared))
    schemes = set(document["components"]["securitySchemes"])
    for operation in found:
        name = operation["operationId"]
        assert operation["description"], name
        assert len(operation["tags"]) == 1, f"{name}: a client finds it in exactly one room"
        assert set(operation["tags"]) <= set(declared), f"{name}: add its tag to documentation.TAGS"
        assert {scheme for one in operation["security"] for scheme in one} <= schemes, name
    used = {tag for operation in found for tag in operation["tags"]}
    assert set(declared) == used


def test_every_refusal_is_a_problem_document_and_every_operation_can_succeed(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            told = answers(document, operation)
            for status, answer in told.items():
                if status < "400":
                    continue
                kinds = set(answer["content"])
                if path.startswith("/oauth/"):  # those speak RFC 6749 section 5.2
                    assert kinds <= {PROBLEM_JSON, "application/json"}, (name, status)
                else:
                    assert kinds == {PROBLEM_JSON}, (name, status)
            links = "307" in told and "Location" in told["307"]["headers"]
            assert links or any(status.startswith("2") for status in told), name
            if operation["security"] and {} not in operation["security"]:
                assert {"401", "403"} <= set(told), name
            if "{" in path:
                assert "404" in told, name
            named = {p["name"] for p in parameters(document, operation) if p["in"] == "path"}
            assert named == set(IN_PATH.findall(path)), f"{method} {path}"


def test_the_client_is_what_the_description_says(document):
    """Server and client cannot drift apart: each operation, its arguments and its answer."""
    made = as_written(write_client(document))
    there = {str(p.relative_to(GENERATED)): p for p in GENERATED.rglob("*.py")}
    stale = [n for n, text in made.items() if n not in there or there[n].read_text() != text]
    assert stale == [], "run `make client` and commit what it writes"
    assert set(there) == set(made), "run `make client` and commit what it writes"
    names = {operation["operationId"] for operation in operations(document)}
    assert set(OPERATIONS) == names
    for room, method in OPERATIONS.values():
        rooms = importlib.import_module(f"schoolgroup.client.generated.rooms.{room}")
        asks = importlib.import_module(f"schoolgroup.client.generated.{room}")
        for prefix in ("", "Async"):
            assert hasattr(getattr(rooms, prefix + camel(room)), method), (room, method)
        assert typing.get_type_hints(getattr(asks, method)), method


def test_whatever_refuses_a_sheet_says_that_it_takes_one(document):
    """Else no client made from the description can send it, and the page has no place for it."""
    asked = {
        one["operationId"]: "text/csv" in one.get("requestBody", {}).get("content", {})
        for one in operations(document)
        if "sheet_refused" in str(answers(document, one))
    }
    assert len(asked) > 15
    assert not [name for name, told in asked.items() if not told]


def test_a_change_names_its_version_and_a_command_its_key(document):
    by_name = {operation["operationId"]: operation for operation in operations(document)}

    def headers(name: str) -> set[str]:
        return {p["name"] for p in parameters(document, by_name[name]) if p["in"] == "header"}

    assert headers("changeOffer") == {"If-Match", "Idempotency-Key"}
    assert headers("borrow") == {"Idempotency-Key"}
    begun = {"If-Match", "If-None-Match", "Idempotency-Key"}
    assert headers("saveReturn") == begun, "the first version is begun, later ones are changed"
    assert headers("signIn") == set(), "every call opens a new session"
    assert headers("getOffer") == set()
    assert "428" not in by_name["borrow"]["responses"]
    assert {"412", "428"} <= set(by_name["changeOffer"]["responses"])


def test_examples_and_defaults_fit_their_schemas(document):
    components = {"$schema": DIALECT, "components": document["components"]}
    for schema in schemas_within(document):
        shown = [*schema.get("examples", []), *([schema["default"]] if "default" in schema else [])]
        whole = (
            {**components, **schema} if "$ref" in str(schema) else {"$schema": DIALECT, **schema}
        )
        for value in shown:
            assert jsonschema_rs.is_valid(whole, value), (schema, value)


def test_patterns_are_those_of_every_language(document):
    for schema in schemas_within(document):
        pattern = str(schema.get("pattern", ""))
        assert "\\Z" not in pattern, pattern
        assert "(?P" not in pattern, pattern


def test_a_fault_of_each_kind_is_seen_by_these_tests(document):
    """The control: a document as the framework writes it does not pass."""
    raw: Json = {
        "info": {"title": "t", "version": "1"},
        "tags": [{"name": "unused"}],
        "components": {"schemas": {"a_b_X": {"type": "string", "pattern": r"^a\Z"}}},
        "paths": {
            "/x": {
                "patch": {
                    "operationId": "x",
                    "tags": [],
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {"application/json": {"schema": {"oneOf": [{}]}}},
                        },
                        "409": {
                            "description": "`b`: B; `a`: A; `b`: B",
                            "content": {PROBLEM_JSON: {"schema": {"type": "object"}}},
                        },
                    },
                }
            }
        },
    }
    done = finish(raw, {"x": Traits(False, True, True, True, False)})
    assert done["tags"] == []
    assert done["components"]["schemas"] == {
        "BX": {"type": "string", "pattern": "^a$", "title": "BX"}
    }
    operation = done["paths"]["/x"]["patch"]
    assert operation["security"] == [{"bearer": []}]
    assert [one["$ref"].rpartition("/")[2] for one in operation["parameters"]] == [
        "IfMatch",
        "IdempotencyKey",
    ]
    assert operation["responses"]["409"]["x-codes"] == ["a", "b"]
    assert operation["responses"]["409"]["description"] == "`b`: B; `a`: A"
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {}


def test_schemas_that_share_a_name_are_told_apart_by_where_they_live():
    names = short_names(
        {
            "Loan": {},
            "lending_desk_models_Cell": {},
            "access_publishing_models_Cell": {},
            "Page_schoolgroup.resources.lending.desk.models.Loan_": {
                "properties": {"items": {"items": {"$ref": "#/components/schemas/Loan"}}}
            },
        }
    )
    assert list(names.values()) == ["Loan", "PublishingCell", "DeskCell", "LoanPage"]
