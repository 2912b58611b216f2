"""Designing forms: a change is a new version, so a call's questions never move under an answer."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.forms import queries, rules
from schoolgroup.management.returns.forms.models import (
    Field,
    Form,
    FormField,
    FormRow,
    FormSummary,
    FormWish,
    Rule,
)


class BadForm(Invalid):
    """The fields do not make a form; `errors` names each."""

    code = "bad_form"
    title = Text("The form is not valid", "填报表无效")


async def create_form(tx: Tx, wish: FormWish) -> Form:
    """A new form; fields the dictionary does not have yet are entered. Raises BadForm."""
    require(tx, "form:manage", thing="form/new")
    form_id = new_id()
    await queries.insert_form(tx, form_id)
    await _write_version(tx, form_id, 1, wish)
    await journal.record(
        tx, "form.created", act="form:manage", thing=f"form/{form_id}", version=1, data={}
    )
    return await get_form(tx, form_id)


async def revise_form(tx: Tx, form_id: UUID, wish: FormWish, version: int) -> Form:
    """The form's next version; calls that were opened keep theirs. Raises BadForm, StaleVersion."""
    form = await queries.lock_form(tx, form_id)
    require_found(form, f"form/{form_id}", "form:manage")
    assert form is not None
    require(tx, "form:manage", form.relations, thing=f"form/{form_id}")
    check_version(version, form.version)
    await _write_version(tx, form_id, form.version + 1, wish)
    await queries.move_form(tx, form_id, form.version + 1)
    await journal.record(
        tx,
        "form.revised",
        act="form:manage",
        thing=f"form/{form_id}",
        version=form.version + 1,
        data={},
    )
    return await get_form(tx, form_id)


async def get_form(tx: Tx, form_id: UUID) -> Form:
    """A form in its newest version."""
    form = await queries.get_form(tx, form_id)
    require_found(form, f"form/{form_id}", "form:manage")
    assert form is not None
    require(tx, "form:manage", form.relations, thing=f"form/{form_id}")
    fields = await fields_of(tx, form_id, form.version)
    return Form(
        id=form.id, version=form.version, title=Text(form.title_en, form.title_zh),
        created_at=form.created_at, updated_at=form.updated_at, actions=_actions(tx, form),
        fields=fields, rules=await rules_of(tx, form_id, form.version),
    )  # fmt: skip


async def list_forms(tx: Tx, page: PageRequest) -> list[FormSummary]:
    """The forms the actor may manage, newest first."""
    return [
        FormSummary(
            id=form.id, version=form.version, title=Text(form.title_en, form.title_zh),
            created_at=form.created_at, updated_at=form.updated_at, actions=_actions(tx, form),
        )
        for form in await queries.list_forms(tx, page)
    ]  # fmt: skip


async def list_fields(tx: Tx, page: PageRequest) -> list[Field]:
    """The dictionary in the order of codes."""
    require(tx, "form:manage", thing="field/list")
    return [row.as_field() for row in await queries.list_fields(tx, page)]


async def newest_version(tx: Tx, form_id: UUID) -> int | None:
    """The number of a form's newest version; None where there is no such form in the group."""
    form = await queries.get_form(tx, form_id)
    return form.version if form else None


async def fields_of(tx: Tx, form_id: UUID, version: int) -> list[FormField]:
    """The fields of one version of a form; whoever asks was already let in by its call or form."""
    return [row.as_form_field() for row in await queries.fields_of_form(tx, form_id, version)]


async def dictionary_of(tx: Tx, codes: Sequence[str]) -> dict[str, Field]:
    """The dictionary's entries of these codes; their meaning is known in the whole group."""
    return await queries.get_fields(tx, codes)


async def rules_of(tx: Tx, form_id: UUID, version: int) -> list[Rule]:
    """The rules of one version of a form; as with its fields, whoever asks was let in before."""
    return await queries.rules_of_form(tx, form_id, version)


async def _write_version(tx: Tx, form_id: UUID, no: int, wish: FormWish) -> None:
    _refuse(rules.problems_of(wish.fields))
    defined = [field for field in map(rules.as_defined, wish.fields) if field is not None]
    await queries.enter_fields(tx, defined)
    dictionary = await queries.get_fields(tx, [field.code for field in wish.fields])
    _refuse(rules.problems_with_dictionary(wish.fields, dictionary))
    _refuse(rules.problems_of_rules(wish, dictionary))
    await queries.insert_version(tx, form_id, no, wish.title, wish.fields, wish.rules)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise BadForm(problems=list(problems))


def _actions(tx: Tx, form: FormRow) -> list[str]:
    return ["revise"] if may(tx, "form:manage", form.relations) else []
