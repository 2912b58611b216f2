"""Physical things: barcodes, hand-overs, stock-taking (实物).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import items as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Items(Room):
    """Physical things: barcodes, hand-overs, stock-taking (实物)."""

    accept_item = Act(asks.accept_item)
    annotate_stock = Act(asks.annotate_stock)
    begin_handover = Act(asks.begin_handover)
    cancel_handover = Act(asks.cancel_handover)
    change_item = Act(asks.change_item)
    claim_returned = Act(asks.claim_returned)
    deliver_item = Act(asks.deliver_item)
    enter_items = Act(asks.enter_items)
    get_handover = Act(asks.get_handover)
    get_item = Act(asks.get_item)
    give_up_item = Act(asks.give_up_item)
    hand_over = Act(asks.hand_over)
    item_figures = Act(asks.item_figures)
    item_labels = Act(asks.item_labels)
    list_handovers = Act(asks.list_handovers)
    all_handovers = Each(asks.list_handovers)
    list_item_notes = Act(asks.list_item_notes)
    all_item_notes = Each(asks.list_item_notes)
    list_items = Act(asks.list_items)
    all_items = Each(asks.list_items)
    mark_item = Act(asks.mark_item)
    open_item_photo = Act(asks.open_item_photo)
    receive_item = Act(asks.receive_item)
    scan_item = Act(asks.scan_item)
    send_item = Act(asks.send_item)
    send_item_back = Act(asks.send_item_back)
    stock_sheet = Act(asks.stock_sheet)
    take_item_back = Act(asks.take_item_back)
    take_stock = Act(asks.take_stock)


class AsyncItems(AsyncRoom):
    """Physical things: barcodes, hand-overs, stock-taking (实物), to be awaited."""

    accept_item = AsyncAct(asks.accept_item)
    annotate_stock = AsyncAct(asks.annotate_stock)
    begin_handover = AsyncAct(asks.begin_handover)
    cancel_handover = AsyncAct(asks.cancel_handover)
    change_item = AsyncAct(asks.change_item)
    claim_returned = AsyncAct(asks.claim_returned)
    deliver_item = AsyncAct(asks.deliver_item)
    enter_items = AsyncAct(asks.enter_items)
    get_handover = AsyncAct(asks.get_handover)
    get_item = AsyncAct(asks.get_item)
    give_up_item = AsyncAct(asks.give_up_item)
    hand_over = AsyncAct(asks.hand_over)
    item_figures = AsyncAct(asks.item_figures)
    item_labels = AsyncAct(asks.item_labels)
    list_handovers = AsyncAct(asks.list_handovers)
    all_handovers = AsyncEach(asks.list_handovers)
    list_item_notes = AsyncAct(asks.list_item_notes)
    all_item_notes = AsyncEach(asks.list_item_notes)
    list_items = AsyncAct(asks.list_items)
    all_items = AsyncEach(asks.list_items)
    mark_item = AsyncAct(asks.mark_item)
    open_item_photo = AsyncAct(asks.open_item_photo)
    receive_item = AsyncAct(asks.receive_item)
    scan_item = AsyncAct(asks.scan_item)
    send_item = AsyncAct(asks.send_item)
    send_item_back = AsyncAct(asks.send_item_back)
    stock_sheet = AsyncAct(asks.stock_sheet)
    take_item_back = AsyncAct(asks.take_item_back)
    take_stock = AsyncAct(asks.take_stock)
