"""Bulletins: written, checked by another, numbered and issued, signed for, corrected."""

import asyncio
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Forbidden, Invalid, NotFound, Problem
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.management.bulletins import models, queries, rules
from schoolgroup.management.bulletins.models import (
    ARTICLE,
    BULLETIN,
    OUT,
    Article,
    ArticleRow,
    ArticleStatus,
    ArticleWish,
    Audience,
    AudienceWish,
    Bulletin,
    BulletinChange,
    BulletinLine,
    BulletinRow,
    BulletinStatus,
    BulletinWish,
    Content,
    Correction,
    Declining,
    Edition,
    Format,
    Paper,
    Receipt,
    Receipts,
    Taking,
)
from schoolgroup.management.figures import service as figures


class OnlyPeopleSign(Forbidden):
    """A connected system writes, checks and signs nothing of its own."""

    code = "only_people_sign"
    title = Text("Only a person can do this", "仅限个人操作")
    remedy = Text("Sign in as a person.", "请以个人身份登录。")


async def make_bulletin(tx: Tx, wish: BulletinWish) -> Bulletin:
    """A draft. Raises Invalid."""
    require(tx, models.WRITE, thing="bulletin/new")
    bulletin_id = new_id()
    await _check(tx, wish)
    await queries.insert_bulletin(tx, bulletin_id, wish, _person(tx))
    await _record(tx, "bulletin.drafted", models.WRITE, bulletin_id, 1)
    return await get_bulletin(tx, bulletin_id)


async def get_bulletin(tx: Tx, bulletin_id: UUID) -> Bulletin:
    """As a draft with live figures, or as issued. Raises NotFound."""
    return await _shown(tx, await _bulletin(tx, bulletin_id, models.READ))


async def list_bulletins(
    tx: Tx, page: PageRequest, year: int | None, *, unsigned: bool = False, to_check: bool = False
) -> list[BulletinLine]:
    """The newest first: all, those not signed for, or drafts that wait for the caller's check."""
    rows = await queries.list_bulletins(tx, page, year, unsigned=unsigned, to_check=to_check)
    return [_line(tx, row) for row in rows]


async def change_bulletin(
    tx: Tx, bulletin_id: UUID, change: BulletinChange, version: int
) -> Bulletin:
    """Change a draft. Raises WrongState, StaleVersion, Invalid, AudienceStands."""
    row = await _bulletin(tx, bulletin_id, models.WRITE, hold=True)
    check_version(version, row.version)
    BULLETIN.step(row.status, "change")
    given = {k: v for k, v in msgspec.structs.asdict(change).items() if v is not UNSET}
    old = BulletinWish(
        title=row.title, sections=row.sections, figures=row.figures, audience=_audience(row)
    )
    wish = msgspec.structs.replace(old, **given)
    if row.edition_no and wish.audience != old.audience:
        raise rules.AudienceStands
    await _check(tx, wish)
    await queries.write_bulletin(tx, bulletin_id, wish, _person(tx))
    await _record(tx, "bulletin.changed", models.WRITE, bulletin_id, row.version + 1)
    return await get_bulletin(tx, bulletin_id)


async def check_bulletin(tx: Tx, bulletin_id: UUID) -> Bulletin:
    """Say that it can go out. Raises WrongState, CheckedByAuthor."""
    row = await _bulletin(tx, bulletin_id, models.CHECK, hold=True)
    status = BULLETIN.step(row.status, "check")
    if _person(tx) in row.editor_person_ids:
        raise rules.CheckedByAuthor
    await queries.move_bulletin(tx, bulletin_id, status, _person(tx))
    await _record(tx, "bulletin.checked", models.CHECK, bulletin_id, row.version + 1)
    return await get_bulletin(tx, bulletin_id)


async def send_back(tx: Tx, bulletin_id: UUID) -> Bulletin:
    """A draft again. Raises WrongState."""
    row = await _bulletin(tx, bulletin_id, models.CHECK, hold=True)
    status = BULLETIN.step(row.status, "send_back")
    await queries.move_bulletin(tx, bulletin_id, status, None)
    await _record(tx, "bulletin.sent_back", models.CHECK, bulletin_id, row.version + 1)
    return await get_bulletin(tx, bulletin_id)


async def issue_bulletin(tx: Tx, bulletin_id: UUID) -> Bulletin:
    """Freeze it with its figures, number it and write down whom it is for.

    A correction keeps number and schools. Raises WrongState, NobodyToTell.
    """
    row = await _bulletin(tx, bulletin_id, models.ISSUE, hold=True)
    status = BULLETIN.step(row.status, "issue")
    issuer = _person(tx)
    if row.year is None or row.no is None:
        if not await queries.address(tx, row):
            raise rules.NobodyToTell
        number = await queries.give_number(tx)
    else:
        status, number = BulletinStatus.CORRECTED, queries.Number(row.year, row.no)
    await queries.number_bulletin(tx, row, number, status)
    # numbered first: who counts the year's bulletins in this one counts it too
    await queries.insert_edition(tx, row, await _draft(tx, row), issuer)
    schools = await queries.list_recipient_ids(tx, bulletin_id)
    await _record(
        tx, f"bulletin.{status}", models.ISSUE, bulletin_id, row.version + 1, schools,
        edition_no=row.edition_no + 1, year=number.year, no=number.no,
    )  # fmt: skip
    return await get_bulletin(tx, bulletin_id)


async def correct_bulletin(tx: Tx, bulletin_id: UUID, wish: Correction) -> Bulletin:
    """Begin the next edition; the last one stays as it is. Raises WrongState."""
    row = await _bulletin(tx, bulletin_id, models.WRITE, hold=True)
    BULLETIN.step(row.status, "correct")
    await queries.begin_correction(tx, bulletin_id, wish.changed, _person(tx))
    await _record(tx, "bulletin.correction_begun", models.WRITE, bulletin_id, row.version + 1)
    return await get_bulletin(tx, bulletin_id)


async def sign_bulletin(tx: Tx, bulletin_id: UUID) -> Bulletin:
    """Sign for the newest edition, for one's school; once more does nothing. Raises NotFound."""
    row = await _bulletin(tx, bulletin_id, models.SIGN, hold=False)
    school_id = tx.actor.school_id
    if school_id is None or not row.edition_no:
        raise NotFound
    if await queries.sign_bulletin(tx, row, school_id, _person(tx)):
        await _record(
            tx, "bulletin.signed", models.SIGN, bulletin_id, row.version, [school_id],
            edition_no=row.edition_no,
        )  # fmt: skip
    return await get_bulletin(tx, bulletin_id)


async def list_receipts(tx: Tx, bulletin_id: UUID) -> list[Receipt]:
    """Who has signed when, those missing first: all to the office, its own to a school."""
    await _bulletin(tx, bulletin_id, models.READ)
    return await queries.list_receipts(tx, bulletin_id)


async def list_editions(tx: Tx, bulletin_id: UUID) -> list[Edition]:
    """Every edition as it was issued. Raises NotFound."""
    await _bulletin(tx, bulletin_id, models.READ)
    return await queries.list_editions(tx, bulletin_id)


async def print_edition(
    tx: Tx, bulletin_id: UUID, no: int | None, form: Format, language: str
) -> Paper:
    """An edition, the newest by default, as a page or as PDF. Raises NotFound."""
    row = await _bulletin(tx, bulletin_id, models.READ)
    found = await queries.list_editions(tx, bulletin_id, no or row.edition_no)
    if not found:
        raise NotFound
    edition, zone = found[0], ZoneInfo(tx.actor.time_zone)
    name = f"bulletin-{edition.year}-{edition.no}-{edition.edition_no}"
    if form is Format.PDF:
        data = await asyncio.to_thread(rules.write_pdf, edition, language, zone)
        return Paper(f"{name}.pdf", "application/pdf", data)
    data = rules.write_html(edition, language, zone)
    return Paper(f"{name}.html", "text/html; charset=utf-8", data)


async def propose_article(tx: Tx, wish: ArticleWish) -> Article:
    """Offer an article of one's school. Raises NotAllowed."""
    own = policy_of(tx).relations.mask_of("own")
    require(tx, models.PROPOSE, own, thing="article/new")
    article_id, school_id = new_id(), tx.actor.school_id
    assert school_id is not None  # `own` holds for schools only
    await queries.insert_article(tx, article_id, school_id, _person(tx), wish)
    row = await _article(tx, article_id, models.SEE)
    await _record_article(tx, "article.proposed", models.PROPOSE, row)
    return _article_shown(tx, row)


async def get_article(tx: Tx, article_id: UUID) -> Article:
    """One article. Raises NotFound."""
    return _article_shown(tx, await _article(tx, article_id, models.SEE))


async def list_articles(tx: Tx, page: PageRequest, status: ArticleStatus | None) -> list[Article]:
    """The newest first: a school's own, every one to the office."""
    return [_article_shown(tx, row) for row in await queries.list_articles(tx, page, status)]


async def take_article(tx: Tx, article_id: UUID, wish: Taking) -> Article:
    """Into a draft, whose editor one becomes. Raises WrongState, Invalid."""
    row = await _article(tx, article_id, models.DECIDE, hold=True)
    status = ARTICLE.step(row.status, "take")
    into = await queries.get_bulletin(tx, wish.bulletin_id, hold=True)
    if into is None:
        raise Invalid(problems=[Problem("/bulletin_id", "unknown", "there is no such bulletin")])
    BULLETIN.step(into.status, "change")
    await queries.decide_article(tx, article_id, status, wish.bulletin_id, "")
    await queries.touch_bulletin(tx, wish.bulletin_id, _person(tx))
    return await _decided(tx, article_id, "article.taken")


async def decline_article(tx: Tx, article_id: UUID, wish: Declining) -> Article:
    """Not this time, and why. Raises WrongState."""
    row = await _article(tx, article_id, models.DECIDE, hold=True)
    status = ARTICLE.step(row.status, "decline")
    await queries.decide_article(tx, article_id, status, None, wish.because)
    return await _decided(tx, article_id, "article.declined")


def _person(tx: Tx) -> UUID:
    if tx.actor.person_id is None:
        raise OnlyPeopleSign
    return tx.actor.person_id


async def _check(tx: Tx, wish: BulletinWish) -> None:
    rules.check_audience(wish.audience)
    if wish.audience.kind in (Audience.CIRCLE, Audience.SCHOOLS) and not await queries.is_known(
        tx, wish.audience
    ):
        raise Invalid(problems=[Problem("/audience", "unknown", "not all of it is of the group")])
    await figures.check_there(tx, wish.figures)


async def _bulletin(tx: Tx, bulletin_id: UUID, act: str, *, hold: bool = False) -> BulletinRow:
    thing = f"bulletin/{bulletin_id}"
    row = require_found(await queries.get_bulletin(tx, bulletin_id, hold=hold), thing, act)
    require(tx, act, row.relations, thing=thing, see=models.READ)
    return row


async def _article(tx: Tx, article_id: UUID, act: str, *, hold: bool = False) -> ArticleRow:
    thing = f"article/{article_id}"
    row = require_found(await queries.get_article(tx, article_id, hold=hold), thing, act)
    require(tx, act, row.relations, thing=thing, see=models.SEE, owner=row.school_name)
    return row


async def _decided(tx: Tx, article_id: UUID, event: str) -> Article:
    row = await _article(tx, article_id, models.DECIDE)
    await _record_article(tx, event, models.DECIDE, row)
    return _article_shown(tx, row)


async def _record(
    tx: Tx, event: str, act: str, bulletin_id: UUID, version: int,
    schools: list[UUID] | None = None, **data: object,
) -> None:  # fmt: skip
    thing = f"bulletin/{bulletin_id}"
    await journal.record(
        tx, event, act=act, thing=thing, version=version, school_ids=schools or [], data=data
    )


async def _record_article(tx: Tx, event: str, act: str, row: ArticleRow) -> None:
    data = {"bulletin_id": str(row.bulletin_id)} if row.bulletin_id else {}
    await journal.record(
        tx, event, act=act, thing=f"article/{row.id}", owner_school_id=row.school_id,
        version=row.version, data=data,
    )  # fmt: skip


def _audience(row: BulletinRow) -> AudienceWish:
    return AudienceWish(
        kind=row.audience, tier=row.tier, circle_id=row.circle_id, school_ids=row.school_ids
    )


async def _draft(tx: Tx, row: BulletinRow) -> Content:
    return Content(
        title=row.title,
        sections=row.sections,
        articles=await queries.list_printed(tx, row.id),
        figures=await figures.work_out(tx, row.figures),
    )


def _writes(tx: Tx) -> bool:
    return tx.actor.school_id is None


def _status(tx: Tx, row: BulletinRow) -> BulletinStatus:
    """Schools know of no draft: while one is corrected, theirs is the newest edition."""
    if _writes(tx) or row.status in OUT:
        return row.status
    return BulletinStatus.ISSUED if row.edition_no == 1 else BulletinStatus.CORRECTED


def _receipts(tx: Tx, row: BulletinRow) -> Receipts | None:
    if not _writes(tx) or not row.edition_no:
        return None
    return Receipts(row.schools, row.signed, f"/v1/bulletins/{row.id}/receipts")


def _line(tx: Tx, row: BulletinRow) -> BulletinLine:
    title = row.content.title if row.content and not _writes(tx) else row.title
    return BulletinLine(
        id=row.id, year=row.year, no=row.no, title=title, status=_status(tx, row),
        edition_no=row.edition_no, issued_at=row.issued_at, receipts=_receipts(tx, row),
        signed_at=row.signed_at, version=row.version,
    )  # fmt: skip


async def _shown(tx: Tx, row: BulletinRow) -> Bulletin:
    writes, status = _writes(tx), _status(tx, row)
    out = status in OUT and row.content is not None
    content = row.content if out and row.content else await _draft(tx, row)
    verbs = BULLETIN.actions(status, lambda act: may(tx, act, row.relations))
    mine = tx.actor.person_id in row.editor_person_ids
    hidden = {"check"} if mine else set()
    hidden |= {"sign"} if writes or row.signed_at else set()
    return Bulletin(
        id=row.id, year=row.year, no=row.no, status=status, edition_no=row.edition_no,
        changed=row.edition_changed if out else row.changed, content=content,
        audience=_audience(row) if writes else None, references=row.figures if writes else None,
        issued_at=row.issued_at, receipts=_receipts(tx, row), signed_at=row.signed_at,
        created_at=row.created_at, version=row.version,
        actions=[verb for verb in verbs if verb not in hidden],
    )  # fmt: skip


def _article_shown(tx: Tx, row: ArticleRow) -> Article:
    values = msgspec.structs.asdict(row)
    relations = values.pop("relations")
    return Article(**values, actions=ARTICLE.actions(row.status, lambda a: may(tx, a, relations)))
