"""Bulletins: editions, receipts, articles (简报).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class ArticleStatus(k.Word):
    """Proposed by a school, decided by the office."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    DECLINED = "declined"


class ArticleWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    body: str


class Bulletin(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    year: int | None
    no: int | None
    status: shared.BulletinStatus
    edition_no: int
    changed: str
    content: BulletinsContent
    audience: BulletinsAudienceWish | None
    references: list[Reference] | None
    issued_at: dt.datetime | None
    receipts: shared.Receipts | None
    signed_at: dt.datetime | None
    created_at: dt.datetime
    version: int
    actions: list[str]


class BulletinChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str | UnsetType = UNSET
    sections: list[BulletinsSection] | UnsetType = UNSET
    figures: list[Reference] | UnsetType = UNSET
    audience: BulletinsAudienceWish | UnsetType = UNSET


class BulletinWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    sections: list[BulletinsSection]
    figures: list[Reference] | UnsetType = UNSET
    audience: BulletinsAudienceWish | UnsetType = UNSET


class BulletinsArticle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID
    school_name: str
    title: str
    body: str
    status: ArticleStatus
    bulletin_id: UUID | None
    declined_because: str
    created_at: dt.datetime
    version: int
    actions: list[str]


class BulletinsAudience(k.Word):
    """Whom a bulletin is for; the schools are written down when it is first issued."""

    GROUP = "group"
    TIER = "tier"
    CIRCLE = "circle"
    SCHOOLS = "schools"


class BulletinsAudienceWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: BulletinsAudience | UnsetType = UNSET
    tier: BulletinsTier | UnsetType | None = UNSET
    circle_id: UUID | UnsetType | None = UNSET
    school_ids: list[UUID] | UnsetType = UNSET


class BulletinsContent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    sections: list[BulletinsSection]
    articles: list[Printed]
    figures: list[FiguresValue]


class BulletinsDeclining(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class BulletinsEdition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    bulletin_id: UUID
    year: int
    no: int
    edition_no: int
    changed: str
    issued_at: dt.datetime
    content: BulletinsContent


class BulletinsFormat(k.Word):
    """html or pdf."""

    HTML = "html"
    PDF = "pdf"


class BulletinsReceipt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_name: str
    person_id: UUID | None
    signed_at: dt.datetime | None


class BulletinsSection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    heading: str = ""
    text: str


class BulletinsTier(k.Word):
    """A school's tier."""

    INTEGRATED = "integrated"
    PARTNER = "partner"


class Correction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    changed: str


class FiguresValue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    saved: Saved
    of: UUID | None
    month: str | None
    label: shared.Text
    unit: shared.Unit
    value: float | None
    as_of_at: dt.datetime
    link: str
    by_on: dt.date | None = None


class Printed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_name: str
    title: str
    body: str


class Reference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    saved: Saved
    of: UUID | UnsetType | None = UNSET
    month: str | UnsetType | None = UNSET


class Saved(k.Word):
    """The saved queries; each is the figure of the feature itself, never a second count."""

    SCHOOLS_INTEGRATED = "schools_integrated"
    SCHOOLS_PARTNER = "schools_partner"
    LEDGER_ITEMS = "ledger_items"
    LEDGER_CLOSED = "ledger_closed"
    LEDGER_COMPLETION = "ledger_completion"
    LEDGER_ON_TIME = "ledger_on_time"
    LEDGER_TARGET = "ledger_target"
    CALL_COMPLETENESS = "call_completeness"
    CALL_ON_TIME = "call_on_time"
    ROUND_TEAMS = "round_teams"
    ROUND_COVERAGE = "round_coverage"
    ACTIVITIES = "activities"
    ACTIVITY_PUPILS = "activity_pupils"
    MEASURES = "measures"
    MEASURES_DONE = "measures_done"
    BULLETINS = "bulletins"


class Taking(Struct, frozen=True, kw_only=True, omit_defaults=True):
    bulletin_id: UUID


def change_bulletin(
    bulletin_id: UUID, body: BulletinChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Bulletin]:
    """Change a draft.

    What is given changes; whoever changes it does not check it.
    """
    return k.ask(
        "changeBulletin",
        "PATCH",
        k.path_of("/v1/bulletins/{bulletin_id}", bulletin_id=bulletin_id),
        k.read_json(Bulletin),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def check_bulletin(bulletin_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Bulletin]:
    """Say that it can go out.

    By somebody who did not write it.
    """
    return k.ask(
        "checkBulletin",
        "POST",
        k.path_of("/v1/bulletins/{bulletin_id}/check", bulletin_id=bulletin_id),
        k.read_json(Bulletin),
        once=True,
        key=idempotency_key,
    )


def correct_bulletin(
    bulletin_id: UUID, body: Correction, *, idempotency_key: str | None = None
) -> k.Asked[Bulletin]:
    """Begin a correction.

    A draft of the next edition, which names what it changes; the last one stays.
    """
    return k.ask(
        "correctBulletin",
        "POST",
        k.path_of("/v1/bulletins/{bulletin_id}/correct", bulletin_id=bulletin_id),
        k.read_json(Bulletin),
        body=body,
        once=True,
        key=idempotency_key,
    )


def decline_article(
    article_id: UUID, body: BulletinsDeclining, *, idempotency_key: str | None = None
) -> k.Asked[BulletinsArticle]:
    """Decline it.

    With the reason, which its school reads.
    """
    return k.ask(
        "declineArticle",
        "POST",
        k.path_of("/v1/bulletin-articles/{article_id}/decline", article_id=article_id),
        k.read_json(BulletinsArticle),
        body=body,
        once=True,
        key=idempotency_key,
    )


def draft_bulletin(body: BulletinWish, *, idempotency_key: str | None = None) -> k.Asked[Bulletin]:
    """Begin a bulletin.

    A draft of the office; it is numbered when it is issued.
    """
    return k.ask(
        "draftBulletin",
        "POST",
        "/v1/bulletins",
        k.read_json(Bulletin),
        body=body,
        once=True,
        key=idempotency_key,
    )


def get_article(article_id: UUID) -> k.Asked[BulletinsArticle]:
    """Read an article.

    With what became of it.
    """
    return k.ask(
        "getArticle",
        "GET",
        k.path_of("/v1/bulletin-articles/{article_id}", article_id=article_id),
        k.read_json(BulletinsArticle),
    )


def get_bulletin(bulletin_id: UUID) -> k.Asked[Bulletin]:
    """Read a bulletin.

    A draft with live figures, or the newest edition with the figures of its issue.
    """
    return k.ask(
        "getBulletin",
        "GET",
        k.path_of("/v1/bulletins/{bulletin_id}", bulletin_id=bulletin_id),
        k.read_json(Bulletin),
    )


def issue_bulletin(bulletin_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Bulletin]:
    """Number it, freeze it, send it.

    Text, articles and figures stay as they are now; a correction keeps number and schools.
    """
    return k.ask(
        "issueBulletin",
        "POST",
        k.path_of("/v1/bulletins/{bulletin_id}/issue", bulletin_id=bulletin_id),
        k.read_json(Bulletin),
        once=True,
        key=idempotency_key,
    )


def list_articles(
    *, status: ArticleStatus | None = None, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[BulletinsArticle]]:
    """List articles.

    The newest first: to schools their own.
    """
    return k.ask(
        "listArticles",
        "GET",
        "/v1/bulletin-articles",
        k.read_json(k.Page[BulletinsArticle]),
        query={"status": status, "limit": limit, "cursor": cursor},
    )


def list_bulletin_editions(bulletin_id: UUID) -> k.Asked[list[BulletinsEdition]]:
    """Every edition as it was issued.

    The first one first, each with what it changed.
    """
    return k.ask(
        "listBulletinEditions",
        "GET",
        k.path_of("/v1/bulletins/{bulletin_id}/editions", bulletin_id=bulletin_id),
        k.read_json(list[BulletinsEdition]),
    )


def list_bulletin_receipts(bulletin_id: UUID) -> k.Asked[list[BulletinsReceipt]]:
    """Who has signed, who is missing.

    Of the newest edition, those missing first; a school sees its own line.
    """
    return k.ask(
        "listBulletinReceipts",
        "GET",
        k.path_of("/v1/bulletins/{bulletin_id}/receipts", bulletin_id=bulletin_id),
        k.read_json(list[BulletinsReceipt]),
    )


def list_bulletins(
    *,
    year: int | None = None,
    unsigned: bool | None = None,
    to_check: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[shared.BulletinLine]]:
    """List bulletins.

    The newest first: to schools those they were sent.
    """
    return k.ask(
        "listBulletins",
        "GET",
        "/v1/bulletins",
        k.read_json(k.Page[shared.BulletinLine]),
        query={
            "year": year,
            "unsigned": unsigned,
            "to_check": to_check,
            "limit": limit,
            "cursor": cursor,
        },
    )


def print_bulletin(
    bulletin_id: UUID, *, edition_no: int | None = None, as_format: Any | None = None
) -> k.Asked[k.Content]:
    """An edition to print.

    In the language of Accept-Language: a page that needs nothing from outside, or PDF.
    """
    return k.ask(
        "printBulletin",
        "GET",
        k.path_of("/v1/bulletins/{bulletin_id}/document", bulletin_id=bulletin_id),
        k.read_content,
        query={"edition_no": edition_no, "as_format": as_format},
        accept="*/*",
    )


def propose_article(
    body: ArticleWish, *, idempotency_key: str | None = None
) -> k.Asked[BulletinsArticle]:
    """Offer an article.

    Of one's school, for a bulletin to come.
    """
    return k.ask(
        "proposeArticle",
        "POST",
        "/v1/bulletin-articles",
        k.read_json(BulletinsArticle),
        body=body,
        once=True,
        key=idempotency_key,
    )


def send_bulletin_back(
    bulletin_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[Bulletin]:
    """Make it a draft again.

    What was checked is to be written anew.
    """
    return k.ask(
        "sendBulletinBack",
        "POST",
        k.path_of("/v1/bulletins/{bulletin_id}/send-back", bulletin_id=bulletin_id),
        k.read_json(Bulletin),
        once=True,
        key=idempotency_key,
    )


def sign_bulletin(bulletin_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Bulletin]:
    """Sign for it.

    For one's school, the newest edition; the first who signs counts.
    """
    return k.ask(
        "signBulletin",
        "POST",
        k.path_of("/v1/bulletins/{bulletin_id}/sign", bulletin_id=bulletin_id),
        k.read_json(Bulletin),
        once=True,
        key=idempotency_key,
    )


def take_article(
    article_id: UUID, body: Taking, *, idempotency_key: str | None = None
) -> k.Asked[BulletinsArticle]:
    """Take it into a draft.

    It is printed under its school's name.
    """
    return k.ask(
        "takeArticle",
        "POST",
        k.path_of("/v1/bulletin-articles/{article_id}/take", article_id=article_id),
        k.read_json(BulletinsArticle),
        body=body,
        once=True,
        key=idempotency_key,
    )
