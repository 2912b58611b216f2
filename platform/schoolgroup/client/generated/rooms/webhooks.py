"""Other systems that are called when something happens (推送).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import webhooks as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Webhooks(Room):
    """Other systems that are called when something happens (推送)."""

    add_webhook_endpoint = Act(asks.add_webhook_endpoint)
    change_webhook_endpoint = Act(asks.change_webhook_endpoint)
    get_webhook_delivery = Act(asks.get_webhook_delivery)
    get_webhook_endpoint = Act(asks.get_webhook_endpoint)
    list_webhook_deliveries = Act(asks.list_webhook_deliveries)
    all_webhook_deliveries = Each(asks.list_webhook_deliveries)
    list_webhook_endpoints = Act(asks.list_webhook_endpoints)
    all_webhook_endpoints = Each(asks.list_webhook_endpoints)
    redeliver_webhook = Act(asks.redeliver_webhook)
    remove_webhook_endpoint = Act(asks.remove_webhook_endpoint)
    replay_webhook_endpoint = Act(asks.replay_webhook_endpoint)
    rotate_webhook_secret = Act(asks.rotate_webhook_secret)
    skip_webhook_delivery = Act(asks.skip_webhook_delivery)
    test_webhook_endpoint = Act(asks.test_webhook_endpoint)


class AsyncWebhooks(AsyncRoom):
    """Other systems that are called when something happens (推送), to be awaited."""

    add_webhook_endpoint = AsyncAct(asks.add_webhook_endpoint)
    change_webhook_endpoint = AsyncAct(asks.change_webhook_endpoint)
    get_webhook_delivery = AsyncAct(asks.get_webhook_delivery)
    get_webhook_endpoint = AsyncAct(asks.get_webhook_endpoint)
    list_webhook_deliveries = AsyncAct(asks.list_webhook_deliveries)
    all_webhook_deliveries = AsyncEach(asks.list_webhook_deliveries)
    list_webhook_endpoints = AsyncAct(asks.list_webhook_endpoints)
    all_webhook_endpoints = AsyncEach(asks.list_webhook_endpoints)
    redeliver_webhook = AsyncAct(asks.redeliver_webhook)
    remove_webhook_endpoint = AsyncAct(asks.remove_webhook_endpoint)
    replay_webhook_endpoint = AsyncAct(asks.replay_webhook_endpoint)
    rotate_webhook_secret = AsyncAct(asks.rotate_webhook_secret)
    skip_webhook_delivery = AsyncAct(asks.skip_webhook_delivery)
    test_webhook_endpoint = AsyncAct(asks.test_webhook_endpoint)
