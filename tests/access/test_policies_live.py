"""A policy published through one process holds in every other one from its very next request."""

from schoolgroup.access.bundles import shipped_policy


async def test_a_group_has_the_shipped_policy_in_force(world, services):
    policy = await services.policies.reload(world.group_id)
    assert policy.sha256 == shipped_policy().sha256
    assert services.policies.in_force(world.group_id) is policy
    assert policy.allows("group_admin", "office", "policy:publish", 1)
