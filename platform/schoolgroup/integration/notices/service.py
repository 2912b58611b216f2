"""How people want to be told, where mail reaches them, and what schools set for their people."""

from datetime import time
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.decisions import policy_of, require, require_found
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.directory.rights import mask_at
from schoolgroup.integration.notices import mail_queries, queries, rules
from schoolgroup.integration.notices.kinds import Kind, kinds
from schoolgroup.integration.notices.models import (
    AddressWish,
    BothBodies,
    BothTexts,
    EmailState,
    MailKind,
    NoticeSettings,
    Preference,
    PreferenceChange,
    Rule,
    RuleChange,
    RuleRow,
    RulesInForce,
    RuleWish,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import ActorKind
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Forbidden, NotFound, StaleVersion, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.texts import Text

PREFER, SET, READ, MANAGE = "notice:prefer", "notice_rule:set", "notice_rule:read", "person:manage"

refuse_by_constraint("one_notice_rule", rules.RuleExists)


class PeopleOnly(Forbidden):
    """A connected system is not told anything: it follows events."""

    code = "people_only"
    title = Text("Only a person can do this", "仅限个人使用")
    remedy = Text("Follow GET /v1/events instead.", "请改用 GET /v1/events。")


async def get_settings(tx: Tx, *, email_offered: bool) -> NoticeSettings:
    """How the caller is told. Raises PeopleOnly."""
    person_id = _self(tx)
    wanted = await queries.get_preference(tx, person_id) or Preference()
    return NoticeSettings(
        language=wanted.language,
        email_on=wanted.email_on,
        digest_at=f"{wanted.digest_at:%H:%M}",
        quiet_from=f"{wanted.quiet_from:%H:%M}",
        quiet_until=f"{wanted.quiet_until:%H:%M}",
        muted=wanted.muted,
        time_zone=tx.actor.time_zone,
        email_offered=email_offered,
        email=await queries.get_email_of(tx, person_id),
        version=wanted.version,
    )


async def change_settings(
    tx: Tx, change: PreferenceChange, version: int, *, email_offered: bool
) -> NoticeSettings:
    """Keep what the caller wants. Raises Invalid, PeopleOnly, StaleVersion."""
    person_id = _self(tx)
    wanted = await queries.get_preference(tx, person_id) or Preference()
    check_version(version, wanted.version)
    new: dict[str, object] = {
        name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET
    }
    if change.muted is not UNSET:
        new["muted"] = muted = sorted(set(change.muted))
        rules.check_muted(muted, kinds())
    for name in ("digest_at", "quiet_from", "quiet_until"):
        if name in new:
            new[name] = time.fromisoformat(str(new[name]))
    if not await queries.set_preference(tx, person_id, msgspec.structs.replace(wanted, **new)):
        raise StaleVersion
    await journal.record(
        tx,
        "person.notices_set",
        act=PREFER,
        thing=f"person/{person_id}",
        data={"person_id": person_id, "changed": sorted(new)},
    )
    return await get_settings(tx, email_offered=email_offered)


async def enter_address(tx: Tx, wish: AddressWish, *, email_offered: bool) -> EmailState:
    """Take an address and write a code to it. Raises EmailNotOffered, TooManyCodes, PeopleOnly."""
    person_id = _self(tx)
    if not email_offered:
        raise rules.EmailNotOffered
    rules.check_address(wish.address)
    await queries.get_address(tx, person_id)  # one asking at a time
    if await queries.count_codes(tx, person_id) >= rules.CODES_A_DAY_MAX:
        raise rules.TooManyCodes(retry_after_s=24 * 3600)
    stored = await queries.set_address(tx, person_id, wish.address)
    assert stored is not None  # it was written in this statement
    await mail_queries.insert_mail(tx, person_id, MailKind.CODE)
    await _record_address(tx, person_id, "entered")
    return EmailState(stored.address, None, None, "")


async def spend_try(tx: Tx) -> None:
    """Count one try of a code, in a transaction of its own, before the code is looked at."""
    await queries.count_try(tx, _self(tx))


async def verify_address(tx: Tx, code: str, key: bytes) -> EmailState:
    """The caller has read the code: mail goes there from now on.

    Raises CodeWrong, NoAddress, PeopleOnly, TooManyCodes.
    """
    person_id = _self(tx)
    stored = await queries.get_address(tx, person_id)
    if stored is None:
        raise rules.NoAddress
    if stored.verified_at is None:
        if stored.code_tries > rules.CODE_TRIES_MAX:
            raise rules.TooManyCodes(retry_after_s=3600)
        right = rules.code_for(key, tx.group_id, person_id, stored.address, stored.code_at)
        if not rules.same(code, right) or tx.now >= stored.code_at + rules.CODE_LASTS:
            raise rules.CodeWrong
        await queries.verify_address(tx, person_id)
        await _record_address(tx, person_id, "verified")
    found = await queries.get_email_of(tx, person_id)
    assert found is not None  # it is locked
    return found


async def drop_address(tx: Tx) -> None:
    """No mail any more. Raises NoAddress, PeopleOnly."""
    person_id = _self(tx)
    if await queries.get_address(tx, person_id) is None:
        raise rules.NoAddress
    await queries.drop_address(tx, person_id)
    await _record_address(tx, person_id, "dropped")


async def get_address_of(tx: Tx, person_id: UUID) -> EmailState:
    """Where a person gets mail, for who keeps the school's people. Raises NotFound, NotAllowed."""
    thing = f"person/{person_id}"
    relations = await queries.get_relations_to(tx, person_id)
    require_found(relations, thing, MANAGE)
    require(tx, MANAGE, relations or ANY_MASK, thing=thing, see="person:read")
    found = await queries.get_email_of(tx, person_id)
    if found is None:
        raise rules.NoAddress
    return found


async def list_rules(tx: Tx) -> RulesInForce:
    """Every kind as it is in force for the acting school, or for the group."""
    require(tx, READ, thing="notice-rules")
    stored = await queries.list_rules(tx)
    school_id = tx.actor.school_id
    return RulesInForce(
        [rules.in_force(code, kind, stored, school_id) for code, kind in kinds().items()]
    )


async def make_rule(tx: Tx, wish: RuleWish) -> Rule:
    """Set a kind otherwise for the acting school, or for the group.

    Raises NotAllowed, RuleExists, RuleOutOfLimits, UnknownKind.
    """
    _may_set(tx)
    row = RuleRow(
        id=new_id(),
        school_id=tx.actor.school_id,
        kind=wish.kind,
        is_on=wish.is_on,
        hours=wish.hours,
        urgent=wish.urgent,
        subject_en=wish.subject.en if wish.subject else None,
        subject_zh=wish.subject.zh if wish.subject else None,
        body_en=wish.body.en if wish.body else None,
        body_zh=wish.body.zh if wish.body else None,
    )
    _check(row)
    await queries.insert_rule(tx, row)
    await _record_rule(tx, "notice_rule.made", row)
    return rules.own_rule(row)


async def change_rule(tx: Tx, rule_id: UUID, change: RuleChange, version: int) -> Rule:
    """Change a rule of one's own. Raises NotFound, RuleOutOfLimits, StaleVersion."""
    row = await _own(tx, rule_id)
    check_version(version, row.version)
    new: dict[str, object] = {
        name: getattr(change, name)
        for name in ("is_on", "hours", "urgent")
        if getattr(change, name) is not UNSET
    }
    for name in ("subject", "body"):
        text = getattr(change, name)
        if text is not UNSET:
            new |= {
                f"{name}_{language}": getattr(text, language, None) for language in ("en", "zh")
            }
    row = msgspec.structs.replace(row, version=row.version + 1, **new)
    _check(row)
    await queries.change_rule(tx, row)
    await _record_rule(tx, "notice_rule.changed", row)
    return rules.own_rule(row)


async def delete_rule(tx: Tx, rule_id: UUID) -> None:
    """The kind is again as it stands above. Raises NotFound."""
    row = await _own(tx, rule_id)
    await queries.delete_rule(tx, rule_id)
    await _record_rule(tx, "notice_rule.dropped", row)


def _self(tx: Tx) -> UUID:
    """The person who asks, about themselves; raises PeopleOnly."""
    actor = tx.actor
    if actor.person_id is None:
        raise PeopleOnly
    mask = ANY_MASK
    if actor.kind is not ActorKind.SYSTEM:
        mask = policy_of(tx).relations.mask_of("self")
    require(tx, PREFER, mask, thing=f"person/{actor.person_id}")
    return actor.person_id


def _may_set(tx: Tx) -> None:
    require(tx, SET, mask_at(tx, tx.actor.school_id), thing="notice-rules")


async def _own(tx: Tx, rule_id: UUID) -> RuleRow:
    row = await queries.get_rule(tx, rule_id)
    if row is None:
        raise NotFound
    _may_set(tx)
    return row


def _kind(code: str) -> Kind:
    kind = kinds().get(code)
    if kind is None:
        raise rules.UnknownKind
    return kind


def _check(row: RuleRow) -> None:
    subject = BothTexts(en=row.subject_en or "", zh=row.subject_zh or "")
    body = BothBodies(en=row.body_en or "", zh=row.body_zh or "")
    rules.check_rule(
        _kind(row.kind),
        is_on=row.is_on,
        hours=row.hours,
        subject=subject if row.subject_en else None,
        body=body if row.body_en else None,
    )


async def _record_rule(tx: Tx, event: str, row: RuleRow) -> None:
    await journal.record(
        tx,
        event,
        act=SET,
        thing=f"notice-rule/{row.id}",
        owner_school_id=row.school_id,
        version=row.version,
        data={"kind": row.kind, "is_on": row.is_on, "hours": row.hours},
    )


async def _record_address(tx: Tx, person_id: UUID, what: str) -> None:
    """That an address was entered or verified; never which."""
    await journal.record(
        tx,
        f"person.email_{what}",
        act=PREFER,
        thing=f"person/{person_id}",
        data={"person_id": person_id},
    )
