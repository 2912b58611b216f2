"""Papers, keys, blueprints and re-scoring (试卷).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import papers as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Papers(Room):
    """Papers, keys, blueprints and re-scoring (试卷)."""

    annotate_responses = Act(asks.annotate_responses)
    change_keys = Act(asks.change_keys)
    export_paper = Act(asks.export_paper)
    get_paper = Act(asks.get_paper)
    import_paper = Act(asks.import_paper)
    import_responses = Act(asks.import_responses)
    list_rescore_moves = Act(asks.list_rescore_moves)
    all_rescore_moves = Each(asks.list_rescore_moves)
    list_rescores = Act(asks.list_rescores)
    name_setters = Act(asks.name_setters)
    seal_paper_file = Act(asks.seal_paper_file)
    set_blueprint = Act(asks.set_blueprint)
    set_paper = Act(asks.set_paper)


class AsyncPapers(AsyncRoom):
    """Papers, keys, blueprints and re-scoring (试卷), to be awaited."""

    annotate_responses = AsyncAct(asks.annotate_responses)
    change_keys = AsyncAct(asks.change_keys)
    export_paper = AsyncAct(asks.export_paper)
    get_paper = AsyncAct(asks.get_paper)
    import_paper = AsyncAct(asks.import_paper)
    import_responses = AsyncAct(asks.import_responses)
    list_rescore_moves = AsyncAct(asks.list_rescore_moves)
    all_rescore_moves = AsyncEach(asks.list_rescore_moves)
    list_rescores = AsyncAct(asks.list_rescores)
    name_setters = AsyncAct(asks.name_setters)
    seal_paper_file = AsyncAct(asks.seal_paper_file)
    set_blueprint = AsyncAct(asks.set_blueprint)
    set_paper = AsyncAct(asks.set_paper)
