"""Sending letters: at most once where the server answers, once more at most where we crash.

A letter is taken for a while (a lease that is committed before the server is spoken to), written
anew from what is still true, handed in, and marked. Whoever dies in between leaves a lease that
runs out; the next sender repeats the letter under the same Message-ID. No transaction is open while
the mail server is spoken to.
"""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from itertools import groupby
from uuid import UUID

import msgspec

from schoolgroup.directory.service import list_groups
from schoolgroup.integration.notices import letters, mail_queries, matters_queries, rules
from schoolgroup.integration.notices.models import (
    Letter,
    MailKind,
    NoticeRow,
    Recipient,
    SendingReport,
)
from schoolgroup.integration.notices.smtp import Answer, Counter, Outcome, Post
from schoolgroup.integration.notices.telling import (
    Group,
    enter_group,
    make_notices,
    pass_on_seats,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Database, Tx

FORM_BATCH = 1000
LETTERS_A_RUN_MAX = 500
LEASE = timedelta(minutes=5)


class Prepared(msgspec.Struct, frozen=True):
    """A letter that has been taken; `message` None: nothing is left to be said."""

    letter: Letter
    to: str
    message: EmailMessage | None
    why_not: str = ""


async def send_due(db: Database, post: Post, group_code: str | None = None) -> list[SendingReport]:
    """Tell every group's people (or one group's) what is due, and send what is to be mailed."""
    return [
        await send_for(db, post, group.id, group.code)
        for group in await list_groups(db)
        if group_code in (None, group.code)
    ]


async def send_for(
    db: Database,
    post: Post,
    group_id: UUID,
    group_code: str = "",
    *,
    letters_max: int = LETTERS_A_RUN_MAX,
) -> SendingReport:
    """One group's turn: bounded, repeatable, and safe in several processes at once.

    Where no mail server is configured the notices are made all the same, and the report says that
    none was mailed.
    """
    group = await enter_group(db, group_id)
    report = SendingReport(group_code=group_code)
    await pass_on_seats(db, group)
    report.notices = await make_notices(db, group)
    if post.offered:
        await form_letters(db, group)
        await send_letters(db, group, post, report, letters_max)
    else:
        report.stopped_by = "no mail server is configured (smtp_host)"
    return report


async def form_letters(db: Database, group: Group) -> int:
    """Put what is to be mailed now into letters, one a person (and one for what is urgent)."""
    formed = 0
    while True:
        taken, made = await db.run(group.actor, _form_batch, "notices")
        formed += made
        if taken < FORM_BATCH:
            return formed


async def _form_batch(tx: Tx) -> tuple[int, int]:
    taken = await mail_queries.take_unmailed(tx, rules.MAILED_WITHIN, FORM_BATCH)
    people = [
        (person_id, list(notices))
        for person_id, notices in groupby(taken, key=lambda notice: notice.person_id)
    ]
    if len(taken) == FORM_BATCH and len(people) > 1:
        people.pop()  # perhaps not all of this person's: whole in the next batch
    made = 0
    for person_id, notices in people:
        for kind in (MailKind.URGENT, MailKind.DIGEST):
            ids = [n.id for n in notices if n.urgent == (kind is MailKind.URGENT)]
            mail_id = await mail_queries.insert_mail(tx, person_id, kind) if ids else None
            if mail_id is not None:
                await mail_queries.put_into_mail(tx, mail_id, ids)
                made += 1
    # somebody else was as quick: then there is nothing for us, and no reason to come again
    return (len(taken) if made else 0), made


async def send_letters(
    db: Database, group: Group, post: Post, report: SendingReport, letters_max: int
) -> None:
    """Send up to so many letters that are due; stops where the mail server takes none."""

    async def take(tx: Tx) -> Prepared | None:
        letter = await mail_queries.take_mail(tx, LEASE)
        return None if letter is None else await _prepare(tx, group, post, letter)

    async with post.counter() as counter:
        for _ in range(letters_max):
            prepared = await db.run(group.actor, take, "notices")
            if prepared is None:
                return
            answer = await _hand_in(counter, post, prepared)
            if answer is None:
                report.dropped += 1
                continue
            await db.run(
                group.actor,
                lambda tx, p=prepared, a=answer: _finish(tx, p, a),  # type: ignore[misc]  # bound here
                "notices",
            )
            match answer.outcome:
                case Outcome.SENT:
                    report.sent += 1
                case Outcome.LATER:
                    report.put_off += 1
                case Outcome.UNREACHABLE:
                    report.put_off += 1
                    report.stopped_by = f"the mail server takes nothing now ({answer.code})"
                    return
                case _:
                    report.refused += 1


async def _hand_in(counter: Counter, post: Post, prepared: Prepared) -> Answer | None:
    if prepared.message is None:
        return None
    return await counter.hand_in(prepared.message, post.sender.address, prepared.to)


async def _prepare(tx: Tx, group: Group, post: Post, letter: Letter) -> Prepared:
    """The letter as it is to be sent now; where nothing is left to say, it is closed."""
    recipient = await mail_queries.get_recipient(tx, letter.person_id)
    why_not = _why_not(letter, recipient, tx)
    message = None
    if recipient is not None and not why_not:
        if letter.kind is MailKind.CODE:
            code = rules.code_for(
                post.code_key, tx.group_id, letter.person_id, recipient.address, recipient.code_at
            )
            message = letters.write_code(
                post.sender, letter.id, letter.made_at, recipient.address, recipient.language,
                group.facts.name, code,
            )  # fmt: skip
        elif notices := await _still_true(tx, group, letter):
            message = letters.write_notices(
                post.sender, letter.id, letter.made_at, recipient.address, recipient.language,
                group.facts.name, notices,
            )  # fmt: skip
        else:
            why_not = "overtaken"
    if message is None:
        await mail_queries.finish_mail(tx, letter, "dropped", why_not)
    return Prepared(letter, recipient.address if recipient else "", message, why_not)


def _why_not(letter: Letter, recipient: Recipient | None, tx: Tx) -> str:
    """Why the letter has lost its sense; empty where it has not."""
    if recipient is None:
        return "no address"
    if letter.kind is MailKind.CODE:
        if recipient.verified or recipient.code_at > letter.made_at:
            return "overtaken"
        return "too old" if tx.now >= letter.made_at + rules.CODE_LASTS else ""
    if tx.now >= letter.made_at + rules.RETRY_FOR:
        return "too old"
    wanted = recipient.verified and not recipient.failed and recipient.email_on and recipient.here
    return "" if wanted else "not wanted"


async def _still_true(tx: Tx, group: Group, letter: Letter) -> list[NoticeRow]:
    """The letter's notices without those the facts have overtaken since they were made."""
    notices = await mail_queries.list_notices(tx, letter.id)
    subjects = sorted({notice.subject_id for notice in notices})
    standing = await matters_queries.still_true(tx, group.told, rules.LOOK_BACK, subjects)
    true, overtaken = _part(notices, standing)
    if overtaken:
        await mail_queries.supersede(tx, [notice.id for notice in overtaken])
    return true


def _part(
    notices: Sequence[NoticeRow], standing: set[matters_queries.Standing]
) -> tuple[list[NoticeRow], list[NoticeRow]]:
    true: list[NoticeRow] = []
    overtaken: list[NoticeRow] = []
    for notice in notices:
        matter = matters_queries.Standing(
            notice.kind, notice.subject_id, notice.anchor_at, notice.school_id, notice.person_id
        )
        (true if matter in standing else overtaken).append(notice)
    return true, overtaken


async def _finish(tx: Tx, prepared: Prepared, answer: Answer) -> None:
    letter = prepared.letter
    match answer.outcome:
        case Outcome.SENT:
            await mail_queries.finish_mail(tx, letter, "sent", answer.code)
        case Outcome.LATER | Outcome.UNREACHABLE:
            until_at = rules.next_try(letter.tries, tx.now)
            await mail_queries.put_off_mail(tx, letter, until_at, answer.code)
        case Outcome.NO_MAILBOX | Outcome.REFUSED:
            done = await mail_queries.finish_mail(tx, letter, "failed", answer.code)
            if done and answer.outcome is Outcome.NO_MAILBOX:
                because = f"the receiving server answered {answer.code}"
                await mail_queries.mark_address(tx, letter.person_id, prepared.to, because)
                thing, told = f"person/{letter.person_id}", {"email": "failed", "code": answer.code}
                await journal.enter(tx, "notice:prefer", thing, "done", told)
