"""Handing files in, straight to the store (上传).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import uploads as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Uploads(Room):
    """Handing files in, straight to the store (上传)."""

    abort_upload = Act(asks.abort_upload)
    complete_upload = Act(asks.complete_upload)
    get_own_quota = Act(asks.get_own_quota)
    get_school_quota = Act(asks.get_school_quota)
    get_upload = Act(asks.get_upload)
    list_uploads = Act(asks.list_uploads)
    all_uploads = Each(asks.list_uploads)
    open_upload = Act(asks.open_upload)
    set_office_quota = Act(asks.set_office_quota)
    set_school_quota = Act(asks.set_school_quota)
    sign_upload_parts = Act(asks.sign_upload_parts)


class AsyncUploads(AsyncRoom):
    """Handing files in, straight to the store (上传), to be awaited."""

    abort_upload = AsyncAct(asks.abort_upload)
    complete_upload = AsyncAct(asks.complete_upload)
    get_own_quota = AsyncAct(asks.get_own_quota)
    get_school_quota = AsyncAct(asks.get_school_quota)
    get_upload = AsyncAct(asks.get_upload)
    list_uploads = AsyncAct(asks.list_uploads)
    all_uploads = AsyncEach(asks.list_uploads)
    open_upload = AsyncAct(asks.open_upload)
    set_office_quota = AsyncAct(asks.set_office_quota)
    set_school_quota = AsyncAct(asks.set_school_quota)
    sign_upload_parts = AsyncAct(asks.sign_upload_parts)
