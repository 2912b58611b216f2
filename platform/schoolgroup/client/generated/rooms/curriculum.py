"""The versioned tree resources point into (课程目录).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import curriculum as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Curriculum(Room):
    """The versioned tree resources point into (课程目录)."""

    import_curriculum = Act(asks.import_curriculum)
    list_curriculum_nodes = Act(asks.list_curriculum_nodes)
    all_curriculum_nodes = Each(asks.list_curriculum_nodes)
    list_curriculum_versions = Act(asks.list_curriculum_versions)
    all_curriculum_versions = Each(asks.list_curriculum_versions)
    search_curriculum = Act(asks.search_curriculum)
    all_search_curriculum = Each(asks.search_curriculum)


class AsyncCurriculum(AsyncRoom):
    """The versioned tree resources point into (课程目录), to be awaited."""

    import_curriculum = AsyncAct(asks.import_curriculum)
    list_curriculum_nodes = AsyncAct(asks.list_curriculum_nodes)
    all_curriculum_nodes = AsyncEach(asks.list_curriculum_nodes)
    list_curriculum_versions = AsyncAct(asks.list_curriculum_versions)
    all_curriculum_versions = AsyncEach(asks.list_curriculum_versions)
    search_curriculum = AsyncAct(asks.search_curriculum)
    all_search_curriculum = AsyncEach(asks.search_curriculum)
