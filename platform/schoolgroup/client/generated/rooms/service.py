"""Whether the server lives and is ready (运行状态).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import service as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Service(Room):
    """Whether the server lives and is ready (运行状态)."""

    get_job = Act(asks.get_job)
    health = Act(asks.health)
    list_jobs = Act(asks.list_jobs)
    all_jobs = Each(asks.list_jobs)
    readiness = Act(asks.readiness)
    retry_job = Act(asks.retry_job)


class AsyncService(AsyncRoom):
    """Whether the server lives and is ready (运行状态), to be awaited."""

    get_job = AsyncAct(asks.get_job)
    health = AsyncAct(asks.health)
    list_jobs = AsyncAct(asks.list_jobs)
    all_jobs = AsyncEach(asks.list_jobs)
    readiness = AsyncAct(asks.readiness)
    retry_job = AsyncAct(asks.retry_job)
