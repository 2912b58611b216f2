"""The outer surface as a whole: inputs, readers of XML, the cost of a sign-in, secrets."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import extract_parameters
from litestar.routes import HTTPRoute

from schoolgroup.access import passwords
from schoolgroup.access.clients.credentials import ClientForm
from tests.applications import bare_app
from tools.dependencies import read_report
from tools.secret_scan import FORMS, scan, tracked

ROOT = Path(__file__).parent.parent
SAFE_ALSO = 'getattr(yaml, "CSafeLoader", yaml.SafeLoader)'
SOURCES = sorted((ROOT / "platform").rglob("*.py"))


def nodes(*words: str) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of every source in which one of the words stands."""
    for path in SOURCES:
        text = path.read_text("utf-8")
        if any(word in text for word in words):
            yield from ((path, node) for node in ast.walk(ast.parse(text)))


def dotted(node: ast.expr) -> str:
    """`etree.parse` as it is written; empty for what is no plain name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def bodies() -> dict[str, Any]:
    """What each operation takes as its body."""
    return {
        str(handler.operation_id): field.annotation
        for route in bare_app().routes
        if isinstance(route, HTTPRoute)
        for handler, _ in route.route_handler_map.values()
        if (field := getattr(handler, "parsed_data_field", None)) is not None
    }


def structs_in(kind: Any) -> Iterator[msgspec.inspect.StructType]:
    """Every struct an input is made of, at any depth."""
    seen: set[type] = set()

    def walk(info: Any) -> Iterator[msgspec.inspect.StructType]:
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls not in seen:
                seen.add(info.cls)
                yield info
                for field in info.fields:
                    yield from walk(field.type)
            return
        for name in ("types", "item_types"):
            for inner in getattr(info, name, ()):
                yield from walk(inner)
        for name in ("item_type", "key_type", "value_type", "type"):
            if (inner := getattr(info, name, None)) is not None:
                yield from walk(inner)

    yield from walk(msgspec.inspect.type_info(kind))


def test_no_input_takes_a_field_it_does_not_name():
    """Nobody assigns what the server decides (mass assignment): unknown fields are refused."""
    lax, looked_at = set(), set()
    for name, kind in bodies().items():
        if kind is bytes:
            continue
        for struct in structs_in(kind):
            looked_at.add(struct.cls)
            # forms of OAuth ignore what they do not know, as RFC 6749 section 3.2 asks
            if not issubclass(struct.cls, ClientForm) and not struct.forbid_unknown_fields:
                lax.add(f"{name}: {struct.cls.__name__}")
    assert len(looked_at) > 150
    assert lax == set()


async def test_what_the_server_decides_cannot_be_sent(http, world):
    admin = await world.person(await world.school("一中"), "school_admin")
    wish = {"name": "x", "scopes": ["return:read"]}
    for more in ({"group_id": "x"}, {"epoch": 9}, {"suspended_at": None}, {"version": 7}):
        answer = await http.post("/v1/clients", json={**wish, **more}, headers=admin.headers)
        assert answer.status_code == 422, more
        assert next(iter(more)) in answer.json()["errors"][0]["detail"]


SAFE = {"resolve_entities": False, "no_network": True}


def test_every_reader_of_xml_is_told_to_fetch_and_expand_nothing():
    found = 0
    for path, node in nodes("etree", "XMLParser", "iterparse"):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        where = f"{path.relative_to(ROOT)}:{node.lineno}"
        named = {k.arg: k.value for k in node.keywords}
        if node.func.attr in ("XMLParser", "iterparse"):
            found += 1
            told = {k: getattr(named.get(k), "value", None) for k in SAFE}
            assert told == SAFE, where
            assert getattr(named.get("huge_tree"), "value", False) is False, where
        if dotted(node.func) in ("etree.fromstring", "etree.parse", "etree.XML"):
            assert "parser" in named, where
    assert found, "the test looks at nothing"


def test_no_reader_of_xml_comes_in_by_another_way():
    unsafe = ("xml.etree", "xml.dom", "xml.sax", "xmlrpc", "pickle", "marshal", "shelve")
    for path, node in nodes(*unsafe, "eval", "exec", "yaml"):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        assert not [n for n in names if n.startswith(unsafe)], path
        if isinstance(node, ast.Call):
            assert dotted(node.func) not in ("eval", "exec", "yaml.unsafe_load"), path
            if dotted(node.func) == "yaml.load":
                text = path.read_text("utf-8")
                assert "(yaml.SafeLoader):" in text or SAFE_ALSO in text, path


def test_every_test_the_security_page_names_is_there():
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    named = re.findall(r"`(tests/[a-z_/]+\.py)::(test_\w+)`", page)
    assert len(named) > 25
    gone = [
        f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text()
    ]
    assert gone == []


async def test_nobody_costs_what_somebody_costs(monkeypatch):
    """An unknown name is compared by the same parameters, so that time tells nobody who exists.

    `python -m tools.audit timing` measures it over HTTP.
    """
    real = passwords.HASHER.hash("a password")
    assert extract_parameters(passwords.NOBODY) == extract_parameters(real)
    compared = []
    monkeypatch.setattr(
        passwords, "_matches", lambda hashed, _: compared.append(extract_parameters(hashed))
    )
    await passwords.matches(None, "x")
    await passwords.matches(real, "x")
    assert compared[0] == compared[1]


@pytest.mark.parametrize(
    ("dependencies", "good", "said"),
    [
        ([], False, "0 versions compared"),
        ([{"name": "a", "version": "1", "vulns": []}], True, "1 versions compared, 0 known"),
        ([{"name": "a", "skip_reason": "not found"}], False, "NOT CHECKED: 1 that"),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}],
            False,
            "a 1: CVE-1, mended in 2",
        ),
    ],
    ids=["none", "clean", "unknown", "weak"],
)
def test_versions_nobody_compared_are_not_called_clean(dependencies, good, said):
    """pip-audit ends well where the index knows none of them."""
    looked = read_report(msgspec.json.encode({"dependencies": dependencies, "fixes": []}))
    assert looked.good is good
    assert said in looked.told


def test_no_secret_is_committed():
    found = [f"{one.path}:{one.line}: {one.kind} ({one.digest})" for one in scan(tracked())]
    assert found == []


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_the_scan_finds_what_it_looks_for(tmp_path, kind):
    planted = {
        "private key": "-----BEGIN " + "EC PRIVATE KEY-----" + "MHcCAQEEIIrYSSNQFaA2Hwf1duRSx",
        "access key": "AKIA" + "IOSFODNN7EXAMPLE",
        "token": "ghp" + "_" + "a1B2" * 9,
        "signed token": "eyJ"
        + "hbGciOiJFZERTQSJ9"
        + ".eyJ"
        + "zdWIiOiIxMjM0NTY3"
        + "."
        + "ab1" * 12,
        "our secret": "sgs" + "_" + "Zx9-" * 10,
        "password in an address": "postgres://someone" + ":" + "hunter2hunter2@db/x",
    }
    file = tmp_path / "x.py"
    file.write_text(planted[kind] + "\n")
    assert [one.kind for one in scan([file], tmp_path)] == [kind]
