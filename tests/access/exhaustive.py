"""Everything, for a quarter of an hour: `PYTHONPATH=platform:. python -m tests.access.exhaustive`.

Every (role, tier, act) of the shipped policy against stock Casbin with the whole policy: no
relation, each alone, each two together - and, per act, every set of the relations its rules name.
"""

import sys
import time
from itertools import combinations

from tests.access.policies import shipped, stock, stock_for_act
from tests.access.test_policy_casbin import mask


def main() -> int:
    """Print how many decisions were compared; 1 when any differed."""
    policy, began = shipped(), time.monotonic()
    places, acts = policy.bundle.vocabulary.places, policy.bundle.vocabulary.acts
    whole, names = stock(policy.bundle.files), policy.relations.names
    compared = different = 0
    for number, act in enumerate(acts, 1):
        alone = stock_for_act(policy.bundle, act)
        named = sorted({rule[2] for rule in alone.model.model["p"]["p"].policy})
        small = [(whole, frozenset(c)) for n in range(3) for c in combinations(names, n)]
        every = [
            (alone, frozenset(c)) for n in range(3, len(named) + 1) for c in combinations(named, n)
        ]
        for role, tier in places:
            for enforcer, held in small + every:
                compared += 1
                expected = enforcer.enforce(role, tier, held, act)
                different += policy.allows(role, tier, act, mask(policy, held)) is not expected
        sys.stderr.write(
            f"{number}/{len(acts)} {act}: {compared:,} compared, {different} different,"
            f" {time.monotonic() - began:.0f} s\n"
        )
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
