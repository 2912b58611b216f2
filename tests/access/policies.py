"""Policies for the tests: the shipped one, a toy one, and stock Casbin to hold both to."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

import casbin

from schoolgroup.access.bundle import make_bundle, policies_folder, read_files
from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.compiler import ask_casbin, enforcer_of, load_policy
from schoolgroup.access.policy import MODEL, POLICY, PolicyBundle

VOCABULARY = """
[roles]
member = { at = [], en = "member", zh = "成员" }
teacher = { at = ["near", "far"], en = "teacher", zh = "教师" }
head = { at = ["near", "far"], en = "head", zh = "校长" }
clerk = { at = ["far"], en = "clerk", zh = "文员" }
[tiers]
near = { en = "near", zh = "近" }
far = { en = "far", zh = "远" }
[acts]
"book:read" = { on = ["book"], en = "read", zh = "阅" }
"book:lend" = { on = ["book"], en = "lend", zh = "借" }
"book:burn" = { on = ["book"], en = "burn", zh = "焚" }
[groups]
"book:use" = { en = "use", zh = "用" }
"book:all" = { en = "all", zh = "全" }
"""
RELATIONS = """
[things]
book = "book"
[macros]
[relations.any]
en = "any"
zh = "任"
[relations.own]
en = "own"
zh = "本"
need = { en = "Ask {owner}.", zh = "问{owner}。" }
lift = { en = "It is yours.", zh = "是你的。" }
on.book = "thing.school_id = me.school_id"
[relations.new]
en = "new"
zh = "新"
need = { en = "Wait.", zh = "等。" }
lift = { en = "Wait.", zh = "等。" }
on.book = "thing.status = 'new'"
[relations.lost]
en = "lost"
zh = "失"
need = { en = "Lose it.", zh = "丢。" }
lift = { en = "Find it.", zh = "找。" }
on.book = "thing.status = 'lost'"
"""
LINKS = """
# Links.
# 链接。
g, teacher, member
g, head, teacher
g, clerk, member
g2, book:read, book:use
g2, book:lend, book:use
g2, book:use, book:all
g2, book:burn, book:all

# Rules.
# 规则。
"""


@lru_cache(maxsize=1)
def shipped() -> CompiledPolicy:
    """The policy in the repository, compiled once for all tests."""
    return load_policy(policies_folder())


def shipped_files() -> dict[str, bytes]:
    return read_files(policies_folder())


def toy_files(rules: Iterable[str], cases: str = "[]") -> dict[str, bytes]:
    """A bundle of two schools' worth of books with these rules."""
    texts = {
        MODEL: shipped_files()[MODEL].decode(),
        POLICY: LINKS.lstrip() + "\n".join(rules) + "\n",
        "vocabulary.toml": VOCABULARY,
        "relations.toml": RELATIONS,
        "cases.yaml": cases,
    }
    return {name: text.encode() for name, text in texts.items()}


def toy(rules: Iterable[str]) -> CompiledPolicy:
    """The toy policy compiled, whether or not every act can be reached."""
    bundle = make_bundle(toy_files(rules))
    return CompiledPolicy(bundle, ask_casbin(bundle))


def without(
    policy: CompiledPolicy, *numbers: int, only: Collection[tuple[str, str, str]] = ()
) -> CompiledPolicy:
    """The same policy with the rules at these line numbers taken out; `only` in these cells."""
    cells = {
        cell: [line for line in policy.cells[cell] if line.number not in numbers]
        for cell in only or policy.cells
    }
    return CompiledPolicy(policy.bundle, cells)


def stock(
    files: Mapping[str, bytes],
    leaving_out: Iterable[int] = (),
    kind: type[casbin.Enforcer] = casbin.Enforcer,
) -> casbin.Enforcer:
    """Stock Casbin over the whole policy, without the lines of these numbers."""
    lines = files[POLICY].decode().split("\n")
    for number in leaving_out:
        lines[number - 1] = ""
    return enforcer_of(kind, {MODEL: files[MODEL], POLICY: "\n".join(lines).encode()})


def stock_for_act(
    bundle: PolicyBundle, act: str, kind: type[casbin.Enforcer] = casbin.Enforcer
) -> casbin.Enforcer:
    """Stock Casbin over the rules that name this act or a group it belongs to.

    The other rules cannot match the act; test_the_whole_policy_at_random holds that to be true.
    """
    names, ahead = set[str](), {act}
    while ahead:
        names |= ahead
        ahead = {link.parent for link in bundle.groups if link.name in ahead} - names
    others = [line.number for line in bundle.lines if line.act not in names]
    return stock(bundle.files, others, kind)
