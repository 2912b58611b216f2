"""The stream of what happened, and those who are told (事件).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import events as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncRoom, Room


class Events(Room):
    """The stream of what happened, and those who are told (事件)."""

    get_event = Act(asks.get_event)
    list_events = Act(asks.list_events)


class AsyncEvents(AsyncRoom):
    """The stream of what happened, and those who are told (事件), to be awaited."""

    get_event = AsyncAct(asks.get_event)
    list_events = AsyncAct(asks.list_events)
