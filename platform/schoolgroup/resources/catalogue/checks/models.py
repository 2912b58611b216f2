"""The named checks before a publication: what each looks at, what it found, how to mend it."""

from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue.models import Check
from schoolgroup.resources.catalogue.needs.models import Prerequisite


class CheckResult(Struct, frozen=True):
    """One check and whether it passed.

    `blocks`: what does not pass keeps the draft from being published; the others advise. `found`
    names what it stumbled over (a file, the id of a resource), never what was found in a text.
    """

    code: str
    pointer: str
    what: Text
    fix: Text
    blocks: bool
    passed: bool
    found: list[str] = []


class Checks(Struct, frozen=True):
    """Every check of the draft, or of the published revision where nothing is being written."""

    resource_id: UUID
    revision_no: int
    ready: bool
    checks: list[CheckResult]


class CheckedFile(Struct, frozen=True):
    """A file as the checks see it; `clean`: a scanner of an upload of this school said so."""

    file_name: str
    media_type: str
    verified: bool
    clean: bool


class Facts(Struct, frozen=True, kw_only=True):
    """What the checks look at besides the description."""

    files: list[CheckedFile]
    prerequisites: list[Prerequisite] = []
    # ids of needed resources that lead back to this one
    circular: list[str] = []
    # ids of other resources of the school with exactly the same files
    twins: list[str] = []


__all__ = ["Check", "CheckResult", "CheckedFile", "Checks", "Facts"]
