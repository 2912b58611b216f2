"""The policy as the program holds it: rules, links, words and examples of one version."""

from collections.abc import Mapping

import msgspec

from schoolgroup.access import relations
from schoolgroup.access.relations import Relations
from schoolgroup.kernel.texts import Text

MODEL, POLICY, VOCABULARY, CASES = "model.conf", "policy.csv", "vocabulary.toml", "cases.yaml"
FILES = (MODEL, POLICY, relations.FILE, VOCABULARY, CASES)
ROOT_ROLE = "member"
# Who has not signed in: the one role that leads up to nobody.
OUTSIDE_ROLE = "visitor"
ANY_TIER = "*"
ALLOW, DENY = "allow", "deny"


class PolicyLine(msgspec.Struct, frozen=True):
    """One rule: its line in policy.csv, what it says, and the reason above its block."""

    number: int
    role: str
    tier: str
    rel: str
    act: str
    eft: str
    reason: Text

    def __str__(self) -> str:
        return f"p, {self.role}, {self.tier}, {self.rel}, {self.act}, {self.eft}"


class Link(msgspec.Struct, frozen=True):
    """A g or g2 line: `name` may all that `parent` may, or belongs to it."""

    number: int
    name: str
    parent: str


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What someone is at a school or at the group office, and the tiers where one can be that."""

    en: str
    zh: str
    at: tuple[str, ...]

    @property
    def label(self) -> Text:
        """The role in both languages."""
        return Text(self.en, self.zh)


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that can be done, and the kinds of thing it is done to."""

    en: str
    zh: str
    on: tuple[str, ...]

    @property
    def label(self) -> Text:
        """The act in both languages."""
        return Text(self.en, self.zh)


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of the policy."""

    roles: dict[str, Role]
    tiers: dict[str, Text]
    acts: dict[str, Act]
    groups: dict[str, Text]

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Every (role, tier) that somebody can act in."""
        return tuple((name, tier) for name, role in self.roles.items() for tier in role.at)


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An example with its expected answer, checked whenever the policy is loaded."""

    role: str
    tier: str
    act: str
    holds: tuple[str, ...]
    expect: str
    why: Text


class PolicyBundle(msgspec.Struct, frozen=True):
    """One version of the policy: the files as they are, their hash, and what they say."""

    files: Mapping[str, bytes]
    sha256: str
    lines: tuple[PolicyLine, ...]
    roles: tuple[Link, ...]
    groups: tuple[Link, ...]
    vocabulary: Vocabulary
    relations: Relations
    cases: tuple[Case, ...]
