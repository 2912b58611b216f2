"""What people are told, and by which rules (通知).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import notices as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncRoom, Room


class Notices(Room):
    """What people are told, and by which rules (通知)."""

    change_notice_rule = Act(asks.change_notice_rule)
    change_notice_settings = Act(asks.change_notice_settings)
    drop_email = Act(asks.drop_email)
    drop_notice_rule = Act(asks.drop_notice_rule)
    enter_email = Act(asks.enter_email)
    get_email_of_person = Act(asks.get_email_of_person)
    get_notice_settings = Act(asks.get_notice_settings)
    list_notice_rules = Act(asks.list_notice_rules)
    make_notice_rule = Act(asks.make_notice_rule)
    verify_email = Act(asks.verify_email)


class AsyncNotices(AsyncRoom):
    """What people are told, and by which rules (通知), to be awaited."""

    change_notice_rule = AsyncAct(asks.change_notice_rule)
    change_notice_settings = AsyncAct(asks.change_notice_settings)
    drop_email = AsyncAct(asks.drop_email)
    drop_notice_rule = AsyncAct(asks.drop_notice_rule)
    enter_email = AsyncAct(asks.enter_email)
    get_email_of_person = AsyncAct(asks.get_email_of_person)
    get_notice_settings = AsyncAct(asks.get_notice_settings)
    list_notice_rules = AsyncAct(asks.list_notice_rules)
    make_notice_rule = AsyncAct(asks.make_notice_rule)
    verify_email = AsyncAct(asks.verify_email)
