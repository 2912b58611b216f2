"""The policy as tables a head teacher can review: what each role may do, by which relation.

`policies/matrix.md` is this text, committed: a change of policy is read as its diff.
"""

from schoolgroup.access.compiled import CompiledPolicy

HEAD = """# Who may do what

Printed from the policy; do not edit (`make matrix`). One table per tier. A cell names what must
stand between the person and the thing, any one being enough; after "never if" stands what forbids
it whatever else holds; · is never. What each word means stands in `relations.toml`.

本表由策略生成，请勿手改。单元格为所需关系（满足其一即可）；never if 之后为一票否决；· 为不可。
"""


def render_matrix(policy: CompiledPolicy) -> str:
    """The whole policy as Markdown: tier × act × role, each cell with its relations."""
    words = policy.bundle.vocabulary
    parts = [HEAD]
    for tier, label in words.tiers.items():
        roles = [name for name, role in words.roles.items() if tier in role.at]
        titles = [f"{words.roles[name].en} {words.roles[name].zh}" for name in roles]
        parts.append(f"\n## {label.en} {label.zh}\n\n| | {' | '.join(titles)} |\n")
        parts.append(f"|{'---|' * (len(roles) + 1)}\n")
        for name, act in words.acts.items():
            cells = " | ".join(cell_text(policy, role, tier, name) for role in roles)
            parts.append(f"| `{name}` {act.en} {act.zh} | {cells} |\n")
    return "".join(parts)


def cell_text(policy: CompiledPolicy, role: str, tier: str, act: str) -> str:
    """What must stand between someone in this role at this tier and a thing, for this act."""
    allow, deny = policy.masks(role, tier, act)
    allowed = policy.relations.names_in(allow & ~deny)
    if not allowed:
        return "·"
    forbidden = policy.relations.names_in(deny)
    return ", ".join(allowed) + (f"; never if {', '.join(forbidden)}" if forbidden else "")
