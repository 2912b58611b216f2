"""What waits for one person now (待办).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import inbox as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Inbox(Room):
    """What waits for one person now (待办)."""

    count_inbox = Act(asks.count_inbox)
    list_inbox = Act(asks.list_inbox)
    all_inbox = Each(asks.list_inbox)
    mark_inbox = Act(asks.mark_inbox)


class AsyncInbox(AsyncRoom):
    """What waits for one person now (待办), to be awaited."""

    count_inbox = AsyncAct(asks.count_inbox)
    list_inbox = AsyncAct(asks.list_inbox)
    all_inbox = AsyncEach(asks.list_inbox)
    mark_inbox = AsyncAct(asks.mark_inbox)
