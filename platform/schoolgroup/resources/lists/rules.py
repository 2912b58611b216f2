"""What an entry must say, what an ISBN is, and how a target stands: pure decisions."""

import re

from msgspec import UNSET, structs

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lists.models import (
    Attention,
    Entry,
    EntryChange,
    EntryRow,
    EntryWish,
    Standing,
    Target,
)

HYPHENS = re.compile(r"[\s\-–]+")
ISBN_13 = re.compile(r"97[89][0-9]{10}\Z", re.ASCII)
ISBN_10 = re.compile(r"[0-9]{9}[0-9X]\Z", re.ASCII)
ISBN_PREFIX = "978"
BOOK_FIELDS = ("isbn", "author", "publisher")
PLACE_FIELDS = ("address", "hours", "capacity_people", "contact")
FIXES = {
    Standing.CHANGED: Text(
        "Look at the newest revision and name the resource again, or replace it.",
        "请查看最新版次后重新指定该资源，或更换条目。",
    ),
    Standing.WITHDRAWN: Text(
        "It was withdrawn: replace the entry or take it out.", "资源已撤回，请更换或移除该条目。"
    ),
    Standing.OUT_OF_REACH: Text(
        "It is not offered to you: ask its school, replace the entry or take it out.",
        "该资源未向本校共享，请联系所属学校，或更换、移除该条目。",
    ),
}


class EmptyEdition(Conflict):
    """An edition without entries says nothing."""

    code = "empty_edition"
    title = Text("The edition has no entries", "该版清单没有条目")
    remedy = Text("Add an entry first.", "请先添加条目。")


class OrderMismatch(Conflict):
    """The order names other entries than the edition has."""

    code = "order_mismatch"
    title = Text("The order does not name exactly the entries there are", "排序与现有条目不一致")
    remedy = Text("Read the edition again and send all its entries.", "请重新读取后提交全部条目。")


def isbn_13(text: str) -> str | None:
    """The thirteen digits of an ISBN, of ten or thirteen, hyphens or not; None for no ISBN.

    ISO 2108: ISBN-13 weighs its digits 1, 3, 1, 3 … to a multiple of 10, ISBN-10 by 10, 9, … 1 to
    a multiple of 11 (X is ten).
    """
    digits = HYPHENS.sub("", text.strip().upper().removeprefix("ISBN").lstrip(": ："))
    if ISBN_10.match(digits):
        weighed = sum(
            (10 if digit == "X" else int(digit)) * weight
            for digit, weight in zip(digits, range(10, 0, -1), strict=True)
        )
        if weighed % 11:
            return None
        body = ISBN_PREFIX + digits[:9]
        return body + str(-_weigh_13(body) % 10)
    if ISBN_13.match(digits) and _weigh_13(digits) % 10 == 0:
        return digits
    return None


def _weigh_13(digits: str) -> int:
    return sum(int(digit) * (1, 3)[at % 2] for at, digit in enumerate(digits))


def check_entry(wish: EntryWish, at: str = "") -> EntryWish:
    """The entry, its ISBN in thirteen digits; raises Invalid naming each field that is wrong."""
    problems: list[Problem] = []

    def refuse(field: str, code: str, why: str) -> None:
        problems.append(Problem(f"{at}/{field}", code, why))

    surplus: list[str] = []
    if wish.target is Target.RESOURCE:
        if wish.resource_id is None:
            refuse("resource_id", "missing", "an entry of a resource names it")
        surplus = ["title", *BOOK_FIELDS, *PLACE_FIELDS]
    else:
        if wish.title is None:
            refuse("title", "missing", f"a {wish.target} has a title")
        surplus = ["resource_id", *(PLACE_FIELDS if wish.target is Target.BOOK else BOOK_FIELDS)]
    for field in surplus:
        if getattr(wish, field) not in (None, ""):
            refuse(field, "surplus", f"{field} has no meaning for a {wish.target}")
    isbn = wish.isbn
    if isbn is not None and wish.target is Target.BOOK:
        isbn = isbn_13(isbn)
        if isbn is None:
            refuse("isbn", "bad_isbn", "not an ISBN of 10 or 13 digits with its check digit")
    if problems:
        raise Invalid(problems=problems)
    return structs.replace(wish, isbn=isbn)


def changed(entry: EntryRow, change: EntryChange) -> EntryWish:
    """The entry as it is to be; raises Invalid."""
    said = {name: value for name, value in structs.asdict(change).items() if value is not UNSET}
    had = {name: getattr(entry, name) for name in EntryWish.__struct_fields__}
    if entry.target is Target.RESOURCE and "title" not in said:
        had["title"] = None  # it is the resource's
    return check_entry(EntryWish(**{**had, **said}))


def standing(row: EntryRow) -> Standing | None:
    """How the entry's resource is now for whoever asks; null where it names none."""
    if row.target is not Target.RESOURCE:
        return None
    if not row.found:
        return Standing.OUT_OF_REACH
    if row.resource_status == "withdrawn":
        return Standing.WITHDRAWN
    return Standing.OK if row.newest_revision_no == row.revision_no else Standing.CHANGED


def shown(row: EntryRow, curates: bool) -> Entry:
    """The entry as it is shown: its title too where one may find it, or entered it."""
    now = standing(row)
    hidden = now is Standing.OUT_OF_REACH and not curates
    said = {name: getattr(row, name) for name in Entry.__struct_fields__ if name != "standing"}
    return Entry(**{**said, "title": None if hidden else row.title, "standing": now})


def attention(entries: list[Entry]) -> list[Attention]:
    """The entries whose target is dead or changed."""
    return [
        Attention(entry.id, entry.title, entry.standing, FIXES[entry.standing])
        for entry in entries
        if entry.standing is not None and entry.standing is not Standing.OK
    ]
