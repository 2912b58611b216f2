"""What a connected system may be given, and its two states."""

from collections.abc import Iterable

from schoolgroup.access.clients.models import ClientStatus
from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

ROLE, MANAGE, LIMIT = "client", "client:manage", "client:limit"
KEYS_MAX = 5
CLIENTS: Machine[ClientStatus] = Machine(
    "client",
    [
        Transition("suspend", MANAGE, (ClientStatus.ACTIVE,), ClientStatus.SUSPENDED),
        Transition("resume", MANAGE, (ClientStatus.SUSPENDED,), ClientStatus.ACTIVE),
    ],
)


class UselessScope(Invalid):
    """A scope is no act of the policy, or none that a connected system can ever be allowed."""

    code = "useless_scope"
    title = Text("Some scopes can never be used", "部分权限范围无法使用")
    remedy = Text(
        "Choose from the acts of the role `client` in /v1/policy/matrix.",
        "请从 /v1/policy/matrix 中 client 角色的操作里选择。",
    )


def check_scopes(policy: CompiledPolicy, scopes: Iterable[str]) -> list[str]:
    """The scopes, each once and in order; raises UselessScope naming each that can never be used.

    A school's tier changes, so a scope is right when it is possible at any tier.
    """
    words = policy.bundle.vocabulary
    possible = {act for tier in words.tiers for act in policy.acts_possible(ROLE, tier)}
    asked = list(scopes)
    problems = [
        Problem(
            f"/scopes/{i}",
            "not_for_clients" if scope in words.acts else "no_such_act",
            "connected systems can never do this" if scope in words.acts else "not in the policy",
        )
        for i, scope in enumerate(asked)
        if scope not in possible
    ]
    if problems:
        raise UselessScope(problems=problems)
    return sorted(set(asked))
