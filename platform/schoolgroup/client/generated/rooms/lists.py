"""Course, reading and place lists (清单).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import lists as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Lists(Room):
    """Course, reading and place lists (清单)."""

    accept_suggestion = Act(asks.accept_suggestion)
    add_entry = Act(asks.add_entry)
    archive_edition = Act(asks.archive_edition)
    begin_edition = Act(asks.begin_edition)
    change_entry = Act(asks.change_entry)
    change_list = Act(asks.change_list)
    create_list = Act(asks.create_list)
    decline_suggestion = Act(asks.decline_suggestion)
    delete_list = Act(asks.delete_list)
    discard_edition = Act(asks.discard_edition)
    export_edition = Act(asks.export_edition)
    get_edition = Act(asks.get_edition)
    get_list = Act(asks.get_list)
    list_lists = Act(asks.list_lists)
    all_lists = Each(asks.list_lists)
    list_suggestions = Act(asks.list_suggestions)
    all_suggestions = Each(asks.list_suggestions)
    order_entries = Act(asks.order_entries)
    publish_edition = Act(asks.publish_edition)
    remove_entry = Act(asks.remove_entry)
    suggest_entry = Act(asks.suggest_entry)
    take_suggestion_back = Act(asks.take_suggestion_back)


class AsyncLists(AsyncRoom):
    """Course, reading and place lists (清单), to be awaited."""

    accept_suggestion = AsyncAct(asks.accept_suggestion)
    add_entry = AsyncAct(asks.add_entry)
    archive_edition = AsyncAct(asks.archive_edition)
    begin_edition = AsyncAct(asks.begin_edition)
    change_entry = AsyncAct(asks.change_entry)
    change_list = AsyncAct(asks.change_list)
    create_list = AsyncAct(asks.create_list)
    decline_suggestion = AsyncAct(asks.decline_suggestion)
    delete_list = AsyncAct(asks.delete_list)
    discard_edition = AsyncAct(asks.discard_edition)
    export_edition = AsyncAct(asks.export_edition)
    get_edition = AsyncAct(asks.get_edition)
    get_list = AsyncAct(asks.get_list)
    list_lists = AsyncAct(asks.list_lists)
    all_lists = AsyncEach(asks.list_lists)
    list_suggestions = AsyncAct(asks.list_suggestions)
    all_suggestions = AsyncEach(asks.list_suggestions)
    order_entries = AsyncAct(asks.order_entries)
    publish_edition = AsyncAct(asks.publish_edition)
    remove_entry = AsyncAct(asks.remove_entry)
    suggest_entry = AsyncAct(asks.suggest_entry)
    take_suggestion_back = AsyncAct(asks.take_suggestion_back)
