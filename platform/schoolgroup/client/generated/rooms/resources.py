"""Lesson resources: describe, find, preview, publish (资源目录).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import resources as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Resources(Room):
    """Lesson resources: describe, find, preview, publish (资源目录)."""

    adapt_resource = Act(asks.adapt_resource)
    annotate_resources_import = Act(asks.annotate_resources_import)
    change_saved_search = Act(asks.change_saved_search)
    check_resource = Act(asks.check_resource)
    create_resource = Act(asks.create_resource)
    delete_saved_search = Act(asks.delete_saved_search)
    describe_resource = Act(asks.describe_resource)
    discard_draft = Act(asks.discard_draft)
    export_resources = Act(asks.export_resources)
    fetch_preview = Act(asks.fetch_preview)
    fetch_resource_file = Act(asks.fetch_resource_file)
    get_affected_by_withdrawal = Act(asks.get_affected_by_withdrawal)
    get_import_template = Act(asks.get_import_template)
    get_preview_rule = Act(asks.get_preview_rule)
    get_resource = Act(asks.get_resource)
    get_resource_use = Act(asks.get_resource_use)
    get_resource_vocabulary = Act(asks.get_resource_vocabulary)
    get_saved_search = Act(asks.get_saved_search)
    import_resources = Act(asks.import_resources)
    list_new_in_saved_search = Act(asks.list_new_in_saved_search)
    all_new_in_saved_search = Each(asks.list_new_in_saved_search)
    list_previews = Act(asks.list_previews)
    list_resources = Act(asks.list_resources)
    all_resources = Each(asks.list_resources)
    list_revisions = Act(asks.list_revisions)
    all_revisions = Each(asks.list_revisions)
    list_saved_searches = Act(asks.list_saved_searches)
    all_saved_searches = Each(asks.list_saved_searches)
    look_at_saved_search = Act(asks.look_at_saved_search)
    publish_resource = Act(asks.publish_resource)
    revise_resource = Act(asks.revise_resource)
    save_search = Act(asks.save_search)
    set_preview_rule = Act(asks.set_preview_rule)
    suggest_resources = Act(asks.suggest_resources)
    withdraw_resource = Act(asks.withdraw_resource)


class AsyncResources(AsyncRoom):
    """Lesson resources: describe, find, preview, publish (资源目录), to be awaited."""

    adapt_resource = AsyncAct(asks.adapt_resource)
    annotate_resources_import = AsyncAct(asks.annotate_resources_import)
    change_saved_search = AsyncAct(asks.change_saved_search)
    check_resource = AsyncAct(asks.check_resource)
    create_resource = AsyncAct(asks.create_resource)
    delete_saved_search = AsyncAct(asks.delete_saved_search)
    describe_resource = AsyncAct(asks.describe_resource)
    discard_draft = AsyncAct(asks.discard_draft)
    export_resources = AsyncAct(asks.export_resources)
    fetch_preview = AsyncAct(asks.fetch_preview)
    fetch_resource_file = AsyncAct(asks.fetch_resource_file)
    get_affected_by_withdrawal = AsyncAct(asks.get_affected_by_withdrawal)
    get_import_template = AsyncAct(asks.get_import_template)
    get_preview_rule = AsyncAct(asks.get_preview_rule)
    get_resource = AsyncAct(asks.get_resource)
    get_resource_use = AsyncAct(asks.get_resource_use)
    get_resource_vocabulary = AsyncAct(asks.get_resource_vocabulary)
    get_saved_search = AsyncAct(asks.get_saved_search)
    import_resources = AsyncAct(asks.import_resources)
    list_new_in_saved_search = AsyncAct(asks.list_new_in_saved_search)
    all_new_in_saved_search = AsyncEach(asks.list_new_in_saved_search)
    list_previews = AsyncAct(asks.list_previews)
    list_resources = AsyncAct(asks.list_resources)
    all_resources = AsyncEach(asks.list_resources)
    list_revisions = AsyncAct(asks.list_revisions)
    all_revisions = AsyncEach(asks.list_revisions)
    list_saved_searches = AsyncAct(asks.list_saved_searches)
    all_saved_searches = AsyncEach(asks.list_saved_searches)
    look_at_saved_search = AsyncAct(asks.look_at_saved_search)
    publish_resource = AsyncAct(asks.publish_resource)
    revise_resource = AsyncAct(asks.revise_resource)
    save_search = AsyncAct(asks.save_search)
    set_preview_rule = AsyncAct(asks.set_preview_rule)
    suggest_resources = AsyncAct(asks.suggest_resources)
    withdraw_resource = AsyncAct(asks.withdraw_resource)
