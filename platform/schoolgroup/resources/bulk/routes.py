"""A school's catalogue from a sheet: template, dry run, import, the sheet back with its errors."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed, OutOfScope
from schoolgroup.kernel.errors import Invalid, NotFound
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_bodies import (
    FILE_BYTES_MAX,
    NotAFile,
    SheetOperation,
    sent_rows,
)
from schoolgroup.kernel.sheet_files import TableFormat
from schoolgroup.kernel.sheets import XLSX_TYPE, SheetRefused
from schoolgroup.resources.bulk import rules, service, template
from schoolgroup.resources.bulk.models import ImportResult

TAGS = ["resources"]
DryRun = FromQuery[Annotated[bool, QueryParameter(description="Check only: nothing is kept.")]]
Publish = FromQuery[
    Annotated[bool, QueryParameter(description="Publish the drafts whose checks pass.")]
]
AsForm = FromQuery[Annotated[TableFormat, QueryParameter(description="csv or xlsx.")]]
REFUSALS = (
    NotAllowed, OutOfScope, NotFound, SheetRefused, rules.TooManyRows, NotAFile, Invalid,
)  # fmt: skip


@get(
    "/v1/resources/import/template",
    opt=may("resource:create"),
    operation_id="getImportTemplate",
    tags=TAGS,
    summary="The empty sheet for an import of resources",
    media_type=XLSX_TYPE,
    responses=refusals(NotAllowed, OutOfScope, NotFound),
)
async def get_template(
    call: NamedDependency[Call], form: AsForm = TableFormat.XLSX
) -> Response[bytes]:
    """With what stands in each column; a workbook offers the words a column takes."""
    await call.read(service.ask_import)
    return file_answer(template.template(form))


@post(
    "/v1/resources/import",
    opt=may("resource:create"),
    operation_id="importResources",
    operation_class=SheetOperation,
    tags=TAGS,
    summary="Create and change drafts from a sheet",
    status_code=200,
    request_max_body_size=FILE_BYTES_MAX,
    responses=refusals(*REFUSALS, service.RefTaken),
)
async def import_resources(
    call: NamedDependency[Call], publish: Publish = False, dry_run: DryRun = False
) -> Response[ImportResult]:
    """All or nothing, every problem at once; the same file a second time changes nothing.

    Columns, in English or Chinese: title 标题, kind 类型, and any of ref 校本编号, resource_id
    资源标识, summary 简介, stage 学段, subject 学科, edition 版本, grade 年级, volume 册次, chapter
    章节, curriculum_node_id 课程节点, licence 许可, language 语言, keywords 关键词,
    duration_minutes 时长（分钟）, files 文件 (id, sha256 or name of a verified upload
    of yours), prerequisites 先修.
    """
    rows = await sent_rows(call, service.ask_import)
    return await call.once(
        lambda tx: service.import_rows(tx, rows, publish=publish, dry_run=dry_run), status=200
    )


@post(
    "/v1/resources/import/annotated",
    opt=may("resource:create"),
    operation_id="annotateResourcesImport",
    operation_class=SheetOperation,
    tags=TAGS,
    summary="Get the sheet back with its problems beside each row",
    status_code=200,
    request_max_body_size=FILE_BYTES_MAX,
    media_type=XLSX_TYPE,
    responses=refusals(*REFUSALS),
)
async def annotate(call: NamedDependency[Call]) -> Response[bytes]:
    """A dry run answered by the workbook with a column 问题/problem: mend it and send it back."""
    rows = await sent_rows(call, service.ask_import)
    return file_answer(await call.read(lambda tx: service.annotate(tx, rows)))


ROUTES = [get_template, import_resources, annotate]
