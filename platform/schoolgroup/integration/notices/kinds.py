"""The kinds of notice as shipped (defaults.toml), and whom the policy in force lets be told."""

import tomllib
from functools import lru_cache
from importlib.resources import files

import msgspec

from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.integration.notices.matters_queries import Told
from schoolgroup.kernel.texts import Text

FILE = "defaults.toml"


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of notice; the fields are explained at the head of defaults.toml."""

    name: Text
    act: str
    by: list[str] = []
    personal: list[str] = []
    hours: list[int]
    hours_min: int
    hours_max: int
    school_days: bool = False
    urgent: bool = False
    fixed: bool = False
    waits: bool = False
    link: str
    may_say: list[str]
    subject: Text
    body: Text


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind by its code, in the order they are shown."""
    text = files(__package__).joinpath(FILE).read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Kind])


def told_by(policy: CompiledPolicy) -> list[Told]:
    """The kinds as the statements take them: by this policy, who may do what each is about."""
    return [
        Told(
            kind=code,
            hours=kind.hours,
            school_days=kind.school_days,
            is_on=True,
            roles=_roles(policy, kind.act, kind.by),
            personal=_roles(policy, kind.act, kind.personal),
        )
        for code, kind in kinds().items()
    ]


def _roles(policy: CompiledPolicy, act: str, relations: list[str]) -> list[str]:
    """Each "tier/role" that may do the act where one of the relations holds."""
    masks = [policy.relations.mask_of(name) for name in relations]
    return [
        f"{tier}/{role}"
        for role, tier in policy.bundle.vocabulary.places
        if any(policy.allows(role, tier, act, mask) for mask in masks)
    ]
