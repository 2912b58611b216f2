"""Activities: planned, held, counted by month (活动).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import activities as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Activities(Room):
    """Activities: planned, held, counted by month (活动)."""

    activity_figures = Act(asks.activity_figures)
    activity_places = Act(asks.activity_places)
    cancel_activity = Act(asks.cancel_activity)
    change_activity = Act(asks.change_activity)
    enter_activity = Act(asks.enter_activity)
    export_activity_figures = Act(asks.export_activity_figures)
    get_activity = Act(asks.get_activity)
    list_activities = Act(asks.list_activities)
    all_activities = Each(asks.list_activities)
    report_activity = Act(asks.report_activity)


class AsyncActivities(AsyncRoom):
    """Activities: planned, held, counted by month (活动), to be awaited."""

    activity_figures = AsyncAct(asks.activity_figures)
    activity_places = AsyncAct(asks.activity_places)
    cancel_activity = AsyncAct(asks.cancel_activity)
    change_activity = AsyncAct(asks.change_activity)
    enter_activity = AsyncAct(asks.enter_activity)
    export_activity_figures = AsyncAct(asks.export_activity_figures)
    get_activity = AsyncAct(asks.get_activity)
    list_activities = AsyncAct(asks.list_activities)
    all_activities = AsyncEach(asks.list_activities)
    report_activity = AsyncAct(asks.report_activity)
