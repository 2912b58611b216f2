"""Whatever Casbin would misread in silence is refused, with file, line and remedy."""

import logging

import pytest

from schoolgroup.access.bundle import bundle_hash, load_bundle, make_bundle
from schoolgroup.access.compiler import compile_policy, load_policy, stock_enforcer
from schoolgroup.access.faults import Fault, FaultCode, PolicyRefused
from schoolgroup.access.policy import MODEL, POLICY
from tests.access.policies import LINKS, shipped, shipped_files, toy_files

GOOD = "p, member, *, any, book:all, allow"
FIRST = LINKS.lstrip().count("\n") + 1  # the line of the first rule


def faults(files: dict[str, bytes]) -> list[Fault]:
    with pytest.raises(PolicyRefused) as refused:
        compile_policy(make_bundle(files))
    assert str(refused.value).startswith(str(refused.value.faults[0]))
    for fault in refused.value.faults:
        assert fault.what.endswith((".", "]"))
        assert fault.remedy.endswith(".")
    return list(refused.value.faults)


def only(files: dict[str, bytes]) -> tuple[str, int, FaultCode]:
    found = faults(files)
    assert len(found) == 1, found
    return found[0].file, found[0].line, found[0].code


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    files = toy_files([GOOD])
    assert old in files[name].decode()
    return files | {name: files[name].decode().replace(old, new, 1).encode()}


def test_the_shipped_policy_and_the_toy_are_accepted():
    assert load_policy().sha256 == shipped().sha256
    assert compile_policy(make_bundle(toy_files([GOOD]))).allows("clerk", "far", "book:read", 1)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("p, member, *, own, book:read", FaultCode.WRONG_ARITY),
        ("p, member, *, own, book:read, allow, twice", FaultCode.WRONG_ARITY),
        ("p, member, *, , book:read, allow", FaultCode.WRONG_ARITY),
        ("g, head, teacher, near", FaultCode.WRONG_ARITY),
        ("p, member, *, any, book:all, allow", FaultCode.DUPLICATE),
        ("p, member, *, any, book:all, deny", FaultCode.DUPLICATE),
        ("g, head, teacher", FaultCode.DUPLICATE),
        ("g2, book:read, book:use", FaultCode.DUPLICATE),
        ("p, member, *, own, book:read, alow", FaultCode.UNKNOWN_EFFECT),
        ("p, member, *, own, book:read, Deny", FaultCode.UNKNOWN_EFFECT),
        ("p, membre, *, own, book:read, allow", FaultCode.UNKNOWN_ROLE),
        ("g, janitor, member", FaultCode.UNKNOWN_ROLE),
        ("p, member, middle, own, book:read, allow", FaultCode.UNKNOWN_TIER),
        ("p, member, *, owned, book:read, allow", FaultCode.UNKNOWN_RELATION),
        ("p, member, *, own, book:eat, allow", FaultCode.UNKNOWN_ACT),
        ("g2, book:eat, book:use", FaultCode.UNKNOWN_ACT),
        ("g2, book:read, book:burn", FaultCode.UNKNOWN_ACT),
        ("P, member, *, own, book:read, allow", FaultCode.UNKNOWN_KIND),
        ("p2, member, *, own, book:read, allow", FaultCode.UNKNOWN_KIND),
        ("permit, member, *, own, book:read, allow", FaultCode.UNKNOWN_KIND),
        ("p, member, *, own, book:read, allow # for all", FaultCode.COMMENT_AT_LINE_END),
        ("p, clerk, near, own, book:read, allow", FaultCode.DEAD_LINE),
        ("g, member, clerk", FaultCode.TOO_DEEP),
    ],
)
def test_a_line_that_would_be_misread(rule: str, code: FaultCode):
    found = faults(toy_files([GOOD, rule]))
    assert (POLICY, FIRST + 1, code) in [(f.file, f.line, f.code) for f in found]


@pytest.mark.parametrize(
    ("rule", "really"),
    [
        ("p, member, *, own, book:read, alow", "ignored"),
        ("p, member, *, own, book:read, allow # for all", "ignored"),
        ("permit, member, *, own, book:read, allow", "dropped"),
        ("x, member, *, own, book:read, allow", "dropped"),
    ],
)
def test_casbin_itself_says_nothing_about_it(rule: str, really: str):
    """The reason for the lint: stock Casbin loads each of these without a word."""
    casbin = stock_enforcer(toy_files([rule]))
    assert not casbin.enforce("teacher", "near", {"own"}, "book:read")
    if really == "dropped" and rule.startswith("x"):
        assert casbin.model.model["p"]["p"].policy == []


def test_an_empty_policy():
    assert only(toy_files([]))[2] is FaultCode.EMPTY_POLICY
    files = toy_files([])
    assert FaultCode.EMPTY_POLICY in [fault.code for fault in faults(files | {POLICY: b""})]
    assert stock_enforcer(files | {POLICY: b""}).enforce("", "", [""], "")  # Casbin says yes


def test_only_denials_is_an_empty_policy():
    found = faults(toy_files(["p, member, *, any, book:all, deny"]))
    assert FaultCode.EMPTY_POLICY in [fault.code for fault in found]


def test_a_rule_without_a_reason():
    rules = [GOOD, "", "p, member, *, own, book:read, allow"]
    assert only(toy_files(rules)) == (POLICY, FIRST + 2, FaultCode.NO_REASON)
    rules = [GOOD, "", "# Only English.", "p, member, *, own, book:read, allow"]
    assert only(toy_files(rules)) == (POLICY, FIRST + 3, FaultCode.NO_REASON)


def test_ten_levels_of_roles():
    def files(levels: int) -> dict[str, bytes]:
        names = [f"r{n}" for n in range(levels)]
        roles = "".join(f'{n} = {{ at = ["far"], en = "x", zh = "x" }}\n' for n in names)
        links = [f"g, {a}, {b}" for a, b in zip(names, [*names[1:], "member"], strict=True)]
        made = toy_files([GOOD, *links])
        words = made["vocabulary.toml"].decode().replace("[tiers]", f"{roles}[tiers]")
        return made | {"vocabulary.toml": words.encode()}

    deepest = compile_policy(make_bundle(files(9)))
    assert deepest.allows("r0", "far", "book:read", 1)
    found = faults(files(10))
    assert {fault.code for fault in found} == {FaultCode.TOO_DEEP}
    assert found[0].line == FIRST + 1
    # Casbin's own limit is where the lint puts it, or beyond: nothing accepted is cut off
    assert stock_enforcer(files(9)).enforce("r0", "far", {"any"}, "book:read")


def test_a_role_that_does_not_lead_up_to_member():
    files = changed(POLICY, "g, clerk, member\n", "")
    assert [f.code for f in faults(files)] == [FaultCode.UNKNOWN_ROLE]


def test_a_line_the_loader_reads_otherwise():
    rule = "p, member, *, own, book:(read, allow"
    with pytest.raises(PolicyRefused) as refused:
        make_bundle(toy_files([GOOD, rule]))
    assert refused.value.faults[0].line == FIRST + 1
    # past the lint, the comparison with what Casbin kept still holds
    bundle = make_bundle(toy_files([GOOD, "p, member, *, own, book:read, allow"]))
    spoilt = bundle.files[POLICY].replace(b"p, member, *, own", b"x, member, *, own")
    lying = type(bundle)(
        {**bundle.files, POLICY: spoilt}, bundle.sha256, bundle.lines, bundle.roles,
        bundle.groups, bundle.vocabulary, bundle.relations, bundle.cases,
    )  # fmt: skip
    with pytest.raises(PolicyRefused) as refused:
        compile_policy(lying)
    assert refused.value.faults[0].code is FaultCode.DROPPED_LINE


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (MODEL, "some(where (p.eft == allow)) && ", "", FaultCode.MODEL_CHANGED),
        (MODEL, "g(r.role, p.role)", "r.role == p.role", FaultCode.MODEL_CHANGED),
        (MODEL, "r = role, tier, rels, act", "r = role, rels, act", FaultCode.MODEL_CHANGED),
        (MODEL, "[matchers]", "[matchers]\nm = true", FaultCode.MODEL_CHANGED),
        (MODEL, "[matchers]", "[extra]\nx = 1\n\n[matchers]", FaultCode.MODEL_CHANGED),
        (
            "vocabulary.toml",
            'en = "read", zh = "阅"',
            'en = "read", zh = ""',
            FaultCode.MISSING_TEXT,
        ),
        ("vocabulary.toml", '"book:use"', '"book:read"', FaultCode.DUPLICATE),
        ("vocabulary.toml", 'on = ["book"]', 'on = ["boat"]', FaultCode.UNKNOWN_THING),
        ("vocabulary.toml", 'at = ["far"]', 'at = ["afar"]', FaultCode.UNKNOWN_TIER),
        ("vocabulary.toml", "[tiers]", "[tiers", FaultCode.UNREADABLE),
        ("vocabulary.toml", "en = ", "eng = ", FaultCode.UNREADABLE),
        ("relations.toml", "[relations.own]", "[relations.own", FaultCode.UNREADABLE),
        ("relations.toml", 'en = "own"', 'en = "own"\nwhen = "x"', FaultCode.UNREADABLE),
        ("relations.toml", "[relations.any]", "[relations.all]", FaultCode.BAD_DEFINITION),
        ("relations.toml", "thing.status = 'new'", "thing.status = new", FaultCode.BAD_DEFINITION),
        ("relations.toml", "on.book = \"thing.status = 'new'\"", "", FaultCode.BAD_DEFINITION),
        ("relations.toml", "on.book", "on.boat", FaultCode.UNKNOWN_THING),
        ("relations.toml", 'en = "own"', 'en = ""', FaultCode.MISSING_TEXT),
        ("cases.yaml", "[]", "[{role: teacher}]", FaultCode.UNREADABLE),
        ("cases.yaml", "[]", "[", FaultCode.UNREADABLE),
    ],
)
def test_another_file_with_a_fault(name: str, old: str, new: str, code: FaultCode):
    found = faults(changed(name, old, new))
    assert (name, code) in [(fault.file, fault.code) for fault in found], found


def test_a_relation_that_does_not_say_what_to_do():
    rule = "p, member, *, own, book:read, allow"
    files = toy_files([GOOD, rule])
    text = (
        files["relations.toml"]
        .decode()
        .replace('need = { en = "Ask {owner}.", zh = "问{owner}。" }\n', "")
    )
    assert only(files | {"relations.toml": text.encode()})[1:] == (
        FIRST + 1,
        FaultCode.MISSING_TEXT,
    )


def test_a_relation_that_can_never_hold_for_the_act():
    files = toy_files([GOOD, "p, member, *, own, book:read, allow"])
    text = files["relations.toml"].decode()
    text = text.replace('book = "book"', 'book = "book"\nboat = "boat"', 1)
    text = text.replace('on.book = "thing.school_id', 'on.boat = "thing.school_id', 1)
    assert only(files | {"relations.toml": text.encode()})[1:] == (FIRST + 1, FaultCode.DEAD_LINE)


def test_an_act_that_nobody_may_do():
    found = faults(toy_files(["p, member, *, any, book:use, allow"]))
    assert [(f.file, f.code) for f in found] == [("vocabulary.toml", FaultCode.UNREACHABLE_ACT)]
    assert "book:burn" in found[0].what
    assert found[0].line > 1
    rules = [GOOD, "p, member, *, any, book:burn, deny"]
    assert only(toy_files(rules))[2] is FaultCode.UNREACHABLE_ACT


def test_an_example_that_turns_out_otherwise():
    case = """
- {role: clerk, tier: far, act: "book:read", holds: [own], expect: deny,
   why: {en: "Clerks do not read.", zh: "文员不阅。"}}
"""
    file, line, code = only(toy_files([GOOD], case))
    assert (file, line, code) == ("cases.yaml", 3, FaultCode.CASE_VIOLATED)
    assert str(FIRST) in faults(toy_files([GOOD], case))[0].remedy


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("clerk", "janitor"),
        ("far", "near"),
        ("book:read", "book:use"),
        ("[own]", "[owned]"),
        ("expect: allow", "expect: perhaps"),
    ],
)
def test_an_example_in_unknown_words(old: str, new: str):
    case = """
- {role: clerk, tier: far, act: "book:read", holds: [own], expect: allow,
   why: {en: "Anyone reads.", zh: "人人可阅。"}}
"""
    compile_policy(make_bundle(toy_files([GOOD], case)))
    found = faults(toy_files([GOOD], case.replace(old, new)))
    assert {fault.code for fault in found} == {FaultCode.BAD_CASE}
    assert found[0].line == 3


def test_all_faults_are_named_at_once():
    rules = [GOOD, "p, nobody, *, own, book:read, allow", "p, member, *, own, book:read, maybe"]
    assert [f.line for f in faults(toy_files(rules))] == [FIRST + 1, FIRST + 2]


@pytest.mark.parametrize("name", sorted(toy_files([GOOD])))
def test_a_missing_or_unreadable_file(name: str):
    files = toy_files([GOOD])
    assert only({n: c for n, c in files.items() if n != name}) == (name, 0, FaultCode.MISSING_FILE)
    assert only(files | {name: b"\xff\xfe"}) == (name, 0, FaultCode.UNREADABLE)


def test_the_hash_names_every_byte_of_every_file(tmp_path):
    files = shipped_files()
    whole = bundle_hash(files)
    for name in files:
        assert bundle_hash(files | {name: files[name] + b"\n"}) != whole
        (tmp_path / name).write_bytes(files[name])
    moved = dict(files) | {MODEL: files[POLICY], POLICY: files[MODEL]}
    assert bundle_hash(moved) != whole
    assert load_bundle(tmp_path).sha256 == whole == shipped().sha256


def test_asking_casbin_leaves_no_log(caplog):
    with caplog.at_level(logging.DEBUG):
        compile_policy(make_bundle(toy_files([GOOD])))
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]
