"""Pages into answers: pure in what it gives, whatever a scanner wrote into its files.

A crop is drawn anew from its pixels: no EXIF, no comment, no file name, no colour profile goes with
it. No region may touch an area where a name can stand; that is checked when the template is set and
holds for every image cut by it.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from schoolgroup.evaluation.marking.scripts.models import Area, Region, TemplateInput
from schoolgroup.kernel.errors import Problem

PIXELS_MAX = 60_000_000  # A3 at 600 dpi
PAGE_BYTES_MAX = 30 * 1024 * 1024
ENTRIES_MAX = 20_000
FORMATS = ("PNG", "JPEG")
MODES = ("L", "RGB")
PAGE_NAME = re.compile(
    r"(?:.*/)?(?P<number>[^/]{1,40})[-_](?P<page>[0-9]{1,2})\.(?:png|jpe?g)", re.I
)
# what computers put into archives by themselves
LITTER = re.compile(r"(?:.*/)?(?:__MACOSX(?:/.*)?|\.DS_Store|Thumbs\.db|desktop\.ini)", re.I)


class BadPage(Exception):
    """A page cannot be read as an image; its message says which and why."""


class Listing(msgspec.Struct, frozen=True):
    """The pages in an archive by exam number: page → name of the entry; and what is no page."""

    pages: dict[str, dict[int, str]]
    problems: list[Problem]


def template_problems(given: TemplateInput, labels: Sequence[str]) -> list[Problem]:
    """Everything wrong with a template: its places, and every region that touches a name area."""
    problems = []
    for n, area in enumerate(given.name_areas):
        problems += _place_problems(area, given.pages, f"/name_areas/{n}")
    for n, region in enumerate(given.regions):
        problems += _place_problems(region, given.pages, f"/regions/{n}")
        if region.label not in labels:
            told = f"{region.label} is no item of the paper"
            problems.append(Problem(f"/regions/{n}/label", "unknown_item", told))
        if any(touches(region, area) for area in given.name_areas):
            told = "the region touches an area where a name may stand"
            problems.append(Problem(f"/regions/{n}", "shows_a_name", told))
    return problems


def touches(one: Area, other: Area) -> bool:
    """Whether two areas have a point in common; edges count."""
    return (
        one.page == other.page
        and one.left <= other.right
        and other.left <= one.right
        and one.top <= other.bottom
        and other.top <= one.bottom
    )


def list_pages(file: BinaryIO, pages: int) -> Listing:
    """What an archive holds, by exam number. Reads its directory only.

    Raises zipfile.BadZipFile for what is no archive.
    """
    found: dict[str, dict[int, str]] = {}
    problems: list[Problem] = []
    with zipfile.ZipFile(file) as archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
    if len(entries) > ENTRIES_MAX:
        told = f"{len(entries)} files, at most {ENTRIES_MAX}"
        return Listing({}, [Problem("", "too_many_files", told)])
    for entry in entries:
        if LITTER.fullmatch(entry.filename):
            continue
        name = PAGE_NAME.fullmatch(entry.filename)
        if name is None:
            problems.append(
                Problem(entry.filename[:200], "not_a_page", "<exam number>-<page>.png or .jpg")
            )
            continue
        number = unicodedata.normalize("NFKC", name["number"]).strip()
        page = int(name["page"])
        of_candidate = found.setdefault(number, {})
        if not 1 <= page <= pages:
            problems.append(Problem(entry.filename[:200], "no_such_page", f"1 to {pages}"))
        elif page in of_candidate:
            problems.append(Problem(entry.filename[:200], "page_twice", f"page {page} of {number}"))
        elif entry.file_size > PAGE_BYTES_MAX:
            told = f"at most {PAGE_BYTES_MAX} bytes"
            problems.append(Problem(entry.filename[:200], "page_too_large", told))
        else:
            of_candidate[page] = entry.filename
    return Listing(found, problems)


def number_problems(listing: Listing, known: Sequence[str], pages: Sequence[int]) -> list[Problem]:
    """Candidates the school does not have, and pages that are missing."""
    there = set(known)
    problems = []
    for number, found in listing.pages.items():
        if number not in there:
            told = "the school has no such candidate"
            problems.append(Problem(number, "unknown_candidate", told))
        else:
            problems += [
                Problem(number, "page_missing", f"page {page}")
                for page in pages
                if page not in found
            ]
    return problems


def read_pages(file: BinaryIO, names: Mapping[int, str]) -> dict[int, Image.Image]:
    """The pages of one candidate, decoded. Raises BadPage naming the file."""
    pages = {}
    with zipfile.ZipFile(file) as archive:
        for page, name in names.items():
            with archive.open(name) as entry:
                content = entry.read(PAGE_BYTES_MAX + 1)
            pages[page] = _decoded(content, name)
    return pages


def cut(pages: Mapping[int, Image.Image], regions: Sequence[Region]) -> bytes:
    """One answer as a PNG: its regions one below the other, nothing else."""
    parts = [pages[region.page].crop(_box(pages[region.page], region)) for region in regions]
    colour = "RGB" if any(part.mode == "RGB" for part in parts) else "L"
    width, height = max(part.width for part in parts), sum(part.height for part in parts)
    answer = Image.new(colour, (width, height), "white")
    at = 0
    for part in parts:
        answer.paste(part, (0, at))
        at += part.height
    out = io.BytesIO()
    answer.save(out, format="PNG")
    return out.getvalue()


def _decoded(content: bytes, name: str) -> Image.Image:
    if len(content) > PAGE_BYTES_MAX:
        raise BadPage(f"{name}: too large")
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > PIXELS_MAX:
            raise BadPage(f"{name}: {image.width} by {image.height} pixels are too many")
        turned = ImageOps.exif_transpose(image)
        return turned if turned.mode in MODES else turned.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadPage(f"{name}: not a readable PNG or JPEG") from None


def _box(page: Image.Image, region: Area) -> tuple[int, int, int, int]:
    left, right = (round(page.width * x / 100) for x in (region.left, region.right))
    top, bottom = (round(page.height * y / 100) for y in (region.top, region.bottom))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _place_problems(area: Area, pages: int, where: str) -> list[Problem]:
    problems = []
    if area.page > pages:
        problems.append(Problem(f"{where}/page", "no_such_page", f"1 to {pages}"))
    if area.left >= area.right or area.top >= area.bottom:
        problems.append(Problem(where, "empty_area", "left < right and top < bottom"))
    return problems
