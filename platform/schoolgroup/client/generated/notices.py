"""What people are told, and by which rules (通知).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class AddressWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    address: str


class BothBodies(Struct, frozen=True, kw_only=True, omit_defaults=True):
    en: str
    zh: str


class BothTexts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    en: str
    zh: str


class CodeEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str


class EmailState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    address: str
    verified_at: dt.datetime | None
    failed_at: dt.datetime | None
    failed_because: str


class NoticeSettings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    language: Literal["en", "zh"]
    email_on: bool
    digest_at: str
    quiet_from: str
    quiet_until: str
    muted: list[str]
    time_zone: str
    email_offered: bool
    email: EmailState | None
    version: int


class NoticesRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    kind: str
    is_on: bool | None
    hours: list[int] | None
    urgent: bool | None
    subject: shared.Text | None
    body: shared.Text | None
    version: int


class NoticesRuleChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    is_on: bool | UnsetType | None = UNSET
    hours: list[int] | UnsetType | None = UNSET
    urgent: bool | UnsetType | None = UNSET
    subject: BothTexts | UnsetType | None = UNSET
    body: BothBodies | UnsetType | None = UNSET


class NoticesRuleWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: str
    is_on: bool | UnsetType | None = UNSET
    hours: list[int] | UnsetType | None = UNSET
    urgent: bool | UnsetType | None = UNSET
    subject: BothTexts | UnsetType | None = UNSET
    body: BothBodies | UnsetType | None = UNSET


class PreferenceChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    language: Literal["en", "zh"] | UnsetType = UNSET
    email_on: bool | UnsetType = UNSET
    digest_at: str | UnsetType = UNSET
    quiet_from: str | UnsetType = UNSET
    quiet_until: str | UnsetType = UNSET
    muted: list[str] | UnsetType = UNSET


class RuleInForce(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: str
    name: shared.Text
    set_by: Literal["shipped", "group", "school"]
    is_on: bool
    hours: list[int]
    hours_min: int
    hours_max: int
    school_days: bool
    urgent: bool
    fixed: bool
    subject: shared.Text
    body: shared.Text
    placeholders: list[str]
    own: NoticesRule | None


class RulesInForce(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[RuleInForce]


def change_notice_rule(
    notice_rule_id: UUID,
    body: NoticesRuleChange,
    *,
    version: int,
    idempotency_key: str | None = None,
) -> k.Asked[NoticesRule]:
    """Change a rule of one's own.

    Notices that were made keep their words; the next ones have the new ones.
    """
    return k.ask(
        "changeNoticeRule",
        "PATCH",
        k.path_of("/v1/notice-rules/{notice_rule_id}", notice_rule_id=notice_rule_id),
        k.read_json(NoticesRule),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_notice_settings(
    body: PreferenceChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[NoticeSettings]:
    """Change how I am told.

    What is muted still comes into the inbox; only mail stays away.
    """
    return k.ask(
        "changeNoticeSettings",
        "PATCH",
        "/v1/me/notice-settings",
        k.read_json(NoticeSettings),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def drop_email(*, idempotency_key: str | None = None) -> k.Asked[None]:
    """Take my address away.

    No mail any more; the inbox stays.
    """
    return k.ask(
        "dropEmail",
        "DELETE",
        "/v1/me/email",
        k.read_nothing,
        once=True,
        key=idempotency_key,
        accept="*/*",
    )


def drop_notice_rule(notice_rule_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[None]:
    """Leave a kind again as it stands above.

    The group's rule holds, or what is shipped.
    """
    return k.ask(
        "dropNoticeRule",
        "DELETE",
        k.path_of("/v1/notice-rules/{notice_rule_id}", notice_rule_id=notice_rule_id),
        k.read_nothing,
        once=True,
        key=idempotency_key,
        accept="*/*",
    )


def enter_email(body: AddressWish, *, idempotency_key: str | None = None) -> k.Asked[EmailState]:
    """Enter the address I get mail at.

    A code is sent there; nothing else is, until it is entered.
    """
    return k.ask(
        "enterEmail",
        "PUT",
        "/v1/me/email",
        k.read_json(EmailState),
        body=body,
        once=True,
        key=idempotency_key,
    )


def get_email_of_person(person_id: UUID) -> k.Asked[EmailState]:
    """Where a person gets mail, and whether it arrives.

    For those who keep the school's people; colleagues do not see it.
    """
    return k.ask(
        "getEmailOfPerson",
        "GET",
        k.path_of("/v1/people/{person_id}/email", person_id=person_id),
        k.read_json(EmailState),
    )


def get_notice_settings() -> k.Asked[NoticeSettings]:
    """How I am told.

    Language, the hour of the day's letter, quiet hours, what is not mailed, and the
    address.
    """
    return k.ask("getNoticeSettings", "GET", "/v1/me/notice-settings", k.read_json(NoticeSettings))


def list_notice_rules() -> k.Asked[RulesInForce]:
    """What people are told, when, in which words, and who decided so.

    As in force for one's own school, or for the group where one is of the office.
    """
    return k.ask("listNoticeRules", "GET", "/v1/notice-rules", k.read_json(RulesInForce))


def make_notice_rule(
    body: NoticesRuleWish, *, idempotency_key: str | None = None
) -> k.Asked[NoticesRule]:
    """Tell our people otherwise than it stands above.

    For the acting school, or for the whole group where one is of the office.
    """
    return k.ask(
        "makeNoticeRule",
        "POST",
        "/v1/notice-rules",
        k.read_json(NoticesRule),
        body=body,
        once=True,
        key=idempotency_key,
    )


def verify_email(body: CodeEntry, *, idempotency_key: str | None = None) -> k.Asked[EmailState]:
    """Enter the code that arrived.

    The code holds for 30 minutes and five tries.
    """
    return k.ask(
        "verifyEmail",
        "POST",
        "/v1/me/email/verify",
        k.read_json(EmailState),
        body=body,
        once=True,
        key=idempotency_key,
    )
