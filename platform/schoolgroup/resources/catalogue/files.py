"""The files of a draft: verified uploads of the actor's, and those it already has."""

from collections.abc import Sequence

from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.resources.catalogue.models import FileChoice, FileRow
from schoolgroup.resources.deposits import rules as deposit_rules
from schoolgroup.resources.deposits import service as deposits
from schoolgroup.resources.deposits.refusals import BadFileName


async def choose(tx: Tx, choices: Sequence[FileChoice], had: Sequence[FileRow]) -> list[FileRow]:
    """The chosen files as they are written; raises Invalid naming each that cannot be."""
    uploads = await deposits.take_over(tx, [c.upload_id for c in choices if c.upload_id])
    chosen: list[FileRow] = []
    wrong: list[Problem] = []
    for at, choice in enumerate(choices):
        pointer = f"/files/{at}"
        if (choice.upload_id is None) == (choice.no is None):
            wrong.append(Problem(pointer, "one_of", "send either upload_id or no"))
            continue
        if choice.upload_id is not None:
            upload = uploads.get(choice.upload_id)
            if upload is None:
                detail = "no verified upload of yours"
                wrong.append(Problem(f"{pointer}/upload_id", "upload_not_verified", detail))
                continue
            file = FileRow(upload.file_name, upload.blob_id)
        elif choice.no is not None and choice.no <= len(had):
            file = had[choice.no - 1]
        else:
            wrong.append(Problem(f"{pointer}/no", "no_such_file", "the draft has no such file"))
            continue
        if choice.file_name is not None:
            try:
                named = deposit_rules.check_file_name(choice.file_name)
            except BadFileName as bad:
                wrong.append(Problem(f"{pointer}/file_name", bad.code, "not a plain name"))
                continue
            file = FileRow(named, file.blob_id)
        chosen.append(file)
    if wrong:
        raise Invalid(problems=wrong)
    return chosen
