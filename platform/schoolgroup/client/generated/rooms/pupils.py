"""The register of pupils, under the law (学籍).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import pupils as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Pupils(Room):
    """The register of pupils, under the law (学籍)."""

    accept_transfer = Act(asks.accept_transfer)
    annotate_pupils = Act(asks.annotate_pupils)
    decline_transfer = Act(asks.decline_transfer)
    erase_pupil_name = Act(asks.erase_pupil_name)
    get_pupil = Act(asks.get_pupil)
    get_pupil_retention = Act(asks.get_pupil_retention)
    import_pupils = Act(asks.import_pupils)
    list_pupil_classes = Act(asks.list_pupil_classes)
    list_pupils = Act(asks.list_pupils)
    all_pupils = Each(asks.list_pupils)
    list_transfers = Act(asks.list_transfers)
    all_transfers = Each(asks.list_transfers)
    promote_pupils = Act(asks.promote_pupils)
    propose_transfer = Act(asks.propose_transfer)
    pupil_leaves = Act(asks.pupil_leaves)
    read_class_names = Act(asks.read_class_names)
    read_pupil_name = Act(asks.read_pupil_name)
    set_pupil_retention = Act(asks.set_pupil_retention)
    undo_promotion = Act(asks.undo_promotion)
    withdraw_transfer = Act(asks.withdraw_transfer)
    write_pupil_name = Act(asks.write_pupil_name)


class AsyncPupils(AsyncRoom):
    """The register of pupils, under the law (学籍), to be awaited."""

    accept_transfer = AsyncAct(asks.accept_transfer)
    annotate_pupils = AsyncAct(asks.annotate_pupils)
    decline_transfer = AsyncAct(asks.decline_transfer)
    erase_pupil_name = AsyncAct(asks.erase_pupil_name)
    get_pupil = AsyncAct(asks.get_pupil)
    get_pupil_retention = AsyncAct(asks.get_pupil_retention)
    import_pupils = AsyncAct(asks.import_pupils)
    list_pupil_classes = AsyncAct(asks.list_pupil_classes)
    list_pupils = AsyncAct(asks.list_pupils)
    all_pupils = AsyncEach(asks.list_pupils)
    list_transfers = AsyncAct(asks.list_transfers)
    all_transfers = AsyncEach(asks.list_transfers)
    promote_pupils = AsyncAct(asks.promote_pupils)
    propose_transfer = AsyncAct(asks.propose_transfer)
    pupil_leaves = AsyncAct(asks.pupil_leaves)
    read_class_names = AsyncAct(asks.read_class_names)
    read_pupil_name = AsyncAct(asks.read_pupil_name)
    set_pupil_retention = AsyncAct(asks.set_pupil_retention)
    undo_promotion = AsyncAct(asks.undo_promotion)
    withdraw_transfer = AsyncAct(asks.withdraw_transfer)
    write_pupil_name = AsyncAct(asks.write_pupil_name)
