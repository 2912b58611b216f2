"""Bulletins, their receipts and the articles schools offer, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.bulletins import models, rules, service
from schoolgroup.management.bulletins.models import (
    Article,
    ArticleStatus,
    ArticleWish,
    Bulletin,
    BulletinChange,
    BulletinLine,
    BulletinWish,
    Correction,
    Declining,
    Edition,
    Format,
    Receipt,
    Taking,
)

TAGS = ["bulletins"]
ONE, ARTICLE = "/v1/bulletins/{bulletin_id:uuid}", "/v1/bulletin-articles/{article_id:uuid}"
FILE = ResponseSpec(bytes, description="The edition.", media_type="text/html")
OfYear = FromQuery[
    Annotated[int | None, QueryParameter(ge=2000, le=2199, description="Of this year.")]
]
Unsigned = FromQuery[
    Annotated[bool, QueryParameter(description="Only those some school has not signed for.")]
]
ToCheck = FromQuery[
    Annotated[bool, QueryParameter(description="Only drafts that wait for the caller's check.")]
]
Which = FromQuery[
    Annotated[int | None, QueryParameter(ge=1, le=1000, description="Null: the newest.")]
]
As = FromQuery[Annotated[Format, QueryParameter(description="html or pdf.")]]
InStatus = FromQuery[
    Annotated[ArticleStatus | None, QueryParameter(description="Only in this state.")]
]


@post("/v1/bulletins", opt=may(models.WRITE), operation_id="draftBulletin", tags=TAGS,
      summary="Begin a bulletin", responses=refusals(NotAllowed, Invalid))  # fmt: skip
async def make_bulletin(
    data: JSONBody[BulletinWish], call: NamedDependency[Call]
) -> Response[Bulletin]:
    """A draft of the office; it is numbered when it is issued."""
    return await call.once(
        lambda tx: service.make_bulletin(tx, data),
        location=lambda made: f"/v1/bulletins/{made.id}",
    )


@get("/v1/bulletins", opt=may(models.READ), operation_id="listBulletins", tags=TAGS,
     summary="List bulletins", responses=refusals(BadCursor))  # fmt: skip
async def list_bulletins(
    call: NamedDependency[Call],
    year: OfYear = None,
    unsigned: Unsigned = False,
    to_check: ToCheck = False,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[BulletinLine]]:
    """The newest first: to schools those they were sent."""
    return await call.page(
        "bulletins", limit, cursor,
        lambda tx, page: service.list_bulletins(
            tx, page, year, unsigned=unsigned, to_check=to_check
        ),
        key_of=lambda one: [str(one.id)],
    )  # fmt: skip


@get(ONE, opt=may(models.READ), operation_id="getBulletin", tags=TAGS,
     summary="Read a bulletin", responses=refusals(NotFound))  # fmt: skip
async def get_bulletin(
    bulletin_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Bulletin]:
    """A draft with live figures, or the newest edition with the figures of its issue."""
    return Response(await call.read(lambda tx: service.get_bulletin(tx, bulletin_id)))


@patch(ONE, opt=may(models.WRITE), operation_id="changeBulletin", tags=TAGS,
       summary="Change a draft",
       responses=refusals(NotAllowed, NotFound, StaleVersion, VersionRequired, WrongState, Invalid,
                          rules.AudienceStands))  # fmt: skip
async def change_bulletin(
    bulletin_id: FromPath[UUID], data: JSONBody[BulletinChange], call: NamedDependency[Call]
) -> Response[Bulletin]:
    """What is given changes; whoever changes it does not check it."""
    return await call.change(
        lambda tx, version: service.change_bulletin(tx, bulletin_id, data, version)
    )


@post(f"{ONE}/check", opt=may(models.CHECK), operation_id="checkBulletin", tags=TAGS,
      status_code=200, summary="Say that it can go out",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.CheckedByAuthor))  # fmt: skip
async def check_bulletin(
    bulletin_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Bulletin]:
    """By somebody who did not write it."""
    return await call.once(lambda tx: service.check_bulletin(tx, bulletin_id), status=200)


@post(f"{ONE}/send-back", opt=may(models.CHECK), operation_id="sendBulletinBack", tags=TAGS,
      status_code=200, summary="Make it a draft again",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def send_back(bulletin_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Bulletin]:
    """What was checked is to be written anew."""
    return await call.once(lambda tx: service.send_back(tx, bulletin_id), status=200)


@post(f"{ONE}/issue", opt=may(models.ISSUE), operation_id="issueBulletin", tags=TAGS,
      status_code=200, summary="Number it, freeze it, send it",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.NobodyToTell))  # fmt: skip
async def issue_bulletin(
    bulletin_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Bulletin]:
    """Text, articles and figures stay as they are now; a correction keeps number and schools."""
    return await call.once(lambda tx: service.issue_bulletin(tx, bulletin_id), status=200)


@post(f"{ONE}/correct", opt=may(models.WRITE), operation_id="correctBulletin", tags=TAGS,
      status_code=200, summary="Begin a correction",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def correct_bulletin(
    bulletin_id: FromPath[UUID], data: JSONBody[Correction], call: NamedDependency[Call]
) -> Response[Bulletin]:
    """A draft of the next edition, which names what it changes; the last one stays."""
    return await call.once(lambda tx: service.correct_bulletin(tx, bulletin_id, data), status=200)


@post(f"{ONE}/sign", opt=may(models.SIGN), operation_id="signBulletin", tags=TAGS,
      status_code=200, summary="Sign for it", responses=refusals(NotAllowed, NotFound))  # fmt: skip
async def sign_bulletin(
    bulletin_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Bulletin]:
    """For one's school, the newest edition; the first who signs counts."""
    return await call.once(lambda tx: service.sign_bulletin(tx, bulletin_id), status=200)


@get(f"{ONE}/receipts", opt=may(models.READ), operation_id="listBulletinReceipts", tags=TAGS,
     summary="Who has signed, who is missing", responses=refusals(NotFound))  # fmt: skip
async def list_receipts(
    bulletin_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[list[Receipt]]:
    """Of the newest edition, those missing first; a school sees its own line."""
    return Response(await call.read(lambda tx: service.list_receipts(tx, bulletin_id)))


@get(f"{ONE}/editions", opt=may(models.READ), operation_id="listBulletinEditions", tags=TAGS,
     summary="Every edition as it was issued", responses=refusals(NotFound))  # fmt: skip
async def list_editions(
    bulletin_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[list[Edition]]:
    """The first one first, each with what it changed."""
    return Response(await call.read(lambda tx: service.list_editions(tx, bulletin_id)))


@get(f"{ONE}/document", opt=may(models.READ), operation_id="printBulletin", tags=TAGS,
     summary="An edition to print", responses={200: FILE, **refusals(NotFound)})  # fmt: skip
async def print_edition(
    bulletin_id: FromPath[UUID],
    call: NamedDependency[Call],
    edition_no: Which = None,
    as_format: As = Format.HTML,
) -> Response[bytes]:
    """In the language of Accept-Language: a page that needs nothing from outside, or PDF."""
    paper = await call.read(
        lambda tx: service.print_edition(tx, bulletin_id, edition_no, as_format, call.language)
    )
    headers = {
        "Content-Disposition": f'inline; filename="{paper.name}"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(paper.data, media_type=paper.media_type, headers=headers)


@post("/v1/bulletin-articles", opt=may(models.PROPOSE), operation_id="proposeArticle", tags=TAGS,
      summary="Offer an article", responses=refusals(NotAllowed))  # fmt: skip
async def propose_article(
    data: JSONBody[ArticleWish], call: NamedDependency[Call]
) -> Response[Article]:
    """Of one's school, for a bulletin to come."""
    return await call.once(
        lambda tx: service.propose_article(tx, data),
        location=lambda made: f"/v1/bulletin-articles/{made.id}",
    )


@get("/v1/bulletin-articles", opt=may(models.SEE), operation_id="listArticles", tags=TAGS,
     summary="List articles", responses=refusals(BadCursor))  # fmt: skip
async def list_articles(
    call: NamedDependency[Call],
    status: InStatus = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Article]]:
    """The newest first: to schools their own."""
    return await call.page(
        "articles", limit, cursor,
        lambda tx, page: service.list_articles(tx, page, status),
        key_of=lambda one: [str(one.id)],
    )  # fmt: skip


@get(ARTICLE, opt=may(models.SEE), operation_id="getArticle", tags=TAGS,
     summary="Read an article", responses=refusals(NotFound))  # fmt: skip
async def get_article(article_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Article]:
    """With what became of it."""
    return await call.item(lambda tx: service.get_article(tx, article_id))


@post(f"{ARTICLE}/take", opt=may(models.DECIDE), operation_id="takeArticle", tags=TAGS,
      status_code=200, summary="Take it into a draft",
      responses=refusals(NotAllowed, NotFound, WrongState, Invalid))  # fmt: skip
async def take_article(
    article_id: FromPath[UUID], data: JSONBody[Taking], call: NamedDependency[Call]
) -> Response[Article]:
    """It is printed under its school's name."""
    return await call.once(lambda tx: service.take_article(tx, article_id, data), status=200)


@post(f"{ARTICLE}/decline", opt=may(models.DECIDE), operation_id="declineArticle", tags=TAGS,
      status_code=200, summary="Decline it",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def decline_article(
    article_id: FromPath[UUID], data: JSONBody[Declining], call: NamedDependency[Call]
) -> Response[Article]:
    """With the reason, which its school reads."""
    return await call.once(lambda tx: service.decline_article(tx, article_id, data), status=200)


ROUTES = [
    make_bulletin, list_bulletins, get_bulletin, change_bulletin, check_bulletin, send_back,
    issue_bulletin, correct_bulletin, sign_bulletin, list_receipts, list_editions, print_edition,
    propose_article, list_articles, get_article, take_article, decline_article,
]  # fmt: skip
