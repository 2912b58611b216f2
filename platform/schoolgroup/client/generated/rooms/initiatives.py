"""Measures and their time nodes (举措).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import initiatives as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Initiatives(Room):
    """Measures and their time nodes (举措)."""

    add_measure = Act(asks.add_measure)
    change_initiative = Act(asks.change_initiative)
    change_measure = Act(asks.change_measure)
    get_initiative = Act(asks.get_initiative)
    get_measure = Act(asks.get_measure)
    list_initiatives = Act(asks.list_initiatives)
    all_initiatives = Each(asks.list_initiatives)
    list_measure_remarks = Act(asks.list_measure_remarks)
    all_measure_remarks = Each(asks.list_measure_remarks)
    list_measures = Act(asks.list_measures)
    make_initiative = Act(asks.make_initiative)
    reach_node = Act(asks.reach_node)
    remark_on_measure = Act(asks.remark_on_measure)
    step_initiative = Act(asks.step_initiative)
    step_measure = Act(asks.step_measure)


class AsyncInitiatives(AsyncRoom):
    """Measures and their time nodes (举措), to be awaited."""

    add_measure = AsyncAct(asks.add_measure)
    change_initiative = AsyncAct(asks.change_initiative)
    change_measure = AsyncAct(asks.change_measure)
    get_initiative = AsyncAct(asks.get_initiative)
    get_measure = AsyncAct(asks.get_measure)
    list_initiatives = AsyncAct(asks.list_initiatives)
    all_initiatives = AsyncEach(asks.list_initiatives)
    list_measure_remarks = AsyncAct(asks.list_measure_remarks)
    all_measure_remarks = AsyncEach(asks.list_measure_remarks)
    list_measures = AsyncAct(asks.list_measures)
    make_initiative = AsyncAct(asks.make_initiative)
    reach_node = AsyncAct(asks.reach_node)
    remark_on_measure = AsyncAct(asks.remark_on_measure)
    step_initiative = AsyncAct(asks.step_initiative)
    step_measure = AsyncAct(asks.step_measure)
