"""Resources in other systems' words, OAI-PMH (元数据).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import metadata as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncRoom, Room


class Metadata(Room):
    """Resources in other systems' words, OAI-PMH (元数据)."""

    get_resource_metadata = Act(asks.get_resource_metadata)
    harvest = Act(asks.harvest)
    harvest_by_form = Act(asks.harvest_by_form)
    harvest_group = Act(asks.harvest_group)
    harvest_group_by_form = Act(asks.harvest_group_by_form)


class AsyncMetadata(AsyncRoom):
    """Resources in other systems' words, OAI-PMH (元数据), to be awaited."""

    get_resource_metadata = AsyncAct(asks.get_resource_metadata)
    harvest = AsyncAct(asks.harvest)
    harvest_by_form = AsyncAct(asks.harvest_by_form)
    harvest_group = AsyncAct(asks.harvest_group)
    harvest_group_by_form = AsyncAct(asks.harvest_group_by_form)
