"""Items open until somebody else closes them (台账).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import ledgers as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Ledgers(Room):
    """Items open until somebody else closes them (台账)."""

    add_ledger_category = Act(asks.add_ledger_category)
    amend_ledger_item = Act(asks.amend_ledger_item)
    annotate_ledger_import = Act(asks.annotate_ledger_import)
    change_ledger = Act(asks.change_ledger)
    close_ledger_item = Act(asks.close_ledger_item)
    drop_ledger_item = Act(asks.drop_ledger_item)
    export_ledger = Act(asks.export_ledger)
    get_ledger = Act(asks.get_ledger)
    get_ledger_figures = Act(asks.get_ledger_figures)
    get_ledger_item = Act(asks.get_ledger_item)
    get_ledger_item_history = Act(asks.get_ledger_item_history)
    get_ledger_outlook = Act(asks.get_ledger_outlook)
    get_ledger_series = Act(asks.get_ledger_series)
    get_ledger_template = Act(asks.get_ledger_template)
    import_ledger = Act(asks.import_ledger)
    list_ledger_categories = Act(asks.list_ledger_categories)
    list_ledger_items = Act(asks.list_ledger_items)
    all_ledger_items = Each(asks.list_ledger_items)
    list_ledgers = Act(asks.list_ledgers)
    all_ledgers = Each(asks.list_ledgers)
    make_ledger = Act(asks.make_ledger)
    open_ledger_evidence = Act(asks.open_ledger_evidence)
    open_ledger_item = Act(asks.open_ledger_item)
    refuse_ledger_item = Act(asks.refuse_ledger_item)
    reopen_ledger_item = Act(asks.reopen_ledger_item)
    report_ledger_item = Act(asks.report_ledger_item)
    set_ledger_target = Act(asks.set_ledger_target)


class AsyncLedgers(AsyncRoom):
    """Items open until somebody else closes them (台账), to be awaited."""

    add_ledger_category = AsyncAct(asks.add_ledger_category)
    amend_ledger_item = AsyncAct(asks.amend_ledger_item)
    annotate_ledger_import = AsyncAct(asks.annotate_ledger_import)
    change_ledger = AsyncAct(asks.change_ledger)
    close_ledger_item = AsyncAct(asks.close_ledger_item)
    drop_ledger_item = AsyncAct(asks.drop_ledger_item)
    export_ledger = AsyncAct(asks.export_ledger)
    get_ledger = AsyncAct(asks.get_ledger)
    get_ledger_figures = AsyncAct(asks.get_ledger_figures)
    get_ledger_item = AsyncAct(asks.get_ledger_item)
    get_ledger_item_history = AsyncAct(asks.get_ledger_item_history)
    get_ledger_outlook = AsyncAct(asks.get_ledger_outlook)
    get_ledger_series = AsyncAct(asks.get_ledger_series)
    get_ledger_template = AsyncAct(asks.get_ledger_template)
    import_ledger = AsyncAct(asks.import_ledger)
    list_ledger_categories = AsyncAct(asks.list_ledger_categories)
    list_ledger_items = AsyncAct(asks.list_ledger_items)
    all_ledger_items = AsyncEach(asks.list_ledger_items)
    list_ledgers = AsyncAct(asks.list_ledgers)
    all_ledgers = AsyncEach(asks.list_ledgers)
    make_ledger = AsyncAct(asks.make_ledger)
    open_ledger_evidence = AsyncAct(asks.open_ledger_evidence)
    open_ledger_item = AsyncAct(asks.open_ledger_item)
    refuse_ledger_item = AsyncAct(asks.refuse_ledger_item)
    reopen_ledger_item = AsyncAct(asks.reopen_ledger_item)
    report_ledger_item = AsyncAct(asks.report_ledger_item)
    set_ledger_target = AsyncAct(asks.set_ledger_target)
