"""The figures of one's role in one call (总览).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import dashboard as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncRoom, Room


class Dashboard(Room):
    """The figures of one's role in one call (总览)."""

    get_dashboard = Act(asks.get_dashboard)


class AsyncDashboard(AsyncRoom):
    """The figures of one's role in one call (总览), to be awaited."""

    get_dashboard = AsyncAct(asks.get_dashboard)
