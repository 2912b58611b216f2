"""HTTP of forms and the field dictionary."""

from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.management.returns.forms import service
from schoolgroup.management.returns.forms.models import Field, Form, FormSummary, FormWish

TAGS = ["returns"]


@post("/v1/forms", opt=may("form:manage"), operation_id="createForm", tags=TAGS,
      summary="Design a form", responses=refusals(NotAllowed, service.BadForm))  # fmt: skip
async def create_form(data: JSONBody[FormWish], call: NamedDependency[Call]) -> Response[Form]:
    """A form of fields in their order; a field with label and type is entered in the dictionary."""
    return await call.once(
        lambda tx: service.create_form(tx, data), location=lambda form: f"/v1/forms/{form.id}"
    )


@get("/v1/forms", opt=may("form:manage"), operation_id="listForms", tags=TAGS,
     summary="List forms", responses=refusals(BadCursor))  # fmt: skip
async def list_forms(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[FormSummary]]:
    """The forms one may manage, newest first."""
    return await call.page(
        "forms", limit, cursor, service.list_forms, key_of=lambda form: [form.id]
    )


@get("/v1/forms/{form_id:uuid}", opt=may("form:manage"), operation_id="getForm", tags=TAGS,
     summary="Read a form", responses=refusals(NotAllowed, NotFound))  # fmt: skip
async def get_form(form_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Form]:
    """A form in its newest version."""
    return await call.item(lambda tx: service.get_form(tx, form_id))


@put("/v1/forms/{form_id:uuid}", opt=may("form:manage"), operation_id="reviseForm", tags=TAGS,
     summary="Make the next version of a form",
     responses=refusals(NotAllowed, NotFound, StaleVersion, service.BadForm,
                        VersionRequired))  # fmt: skip
async def revise_form(
    form_id: FromPath[UUID], data: JSONBody[FormWish], call: NamedDependency[Call]
) -> Response[Form]:
    """A new version; calls that are open keep the version they were opened with."""
    return await call.change(lambda tx, version: service.revise_form(tx, form_id, data, version))


@get("/v1/fields", opt=may("form:manage"), operation_id="listFields", tags=TAGS,
     summary="List the field dictionary", responses=refusals(BadCursor, NotAllowed))  # fmt: skip
async def list_fields(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Field]]:
    """The dictionary in the order of codes: one meaning per code for the whole group."""
    return await call.page(
        "fields", limit, cursor, service.list_fields, key_of=lambda field: [field.code]
    )


ROUTES = [create_form, list_forms, get_form, revise_form, list_fields]
