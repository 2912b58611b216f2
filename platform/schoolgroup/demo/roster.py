"""Who plays in the demo: the shipped roster, byte for byte as it is imported, and the cast.

Names, codes and addresses are invented (see data/README.md). No password is kept here.
"""

import csv
import io
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import msgspec

GROUP_NAME: Final = "青禾教育集团（演示）"
GROUP_NAME_EN: Final = "Qinghe Education Group (demo)"
NEIGHBOUR_NAME: Final = "邻江教育集团（演示）"
NEIGHBOUR_NAME_EN: Final = "Linjiang Education Group (demo)"
OFFICE: Final = "GROUP"  # the school_code of the people of the group office

EXAM_NAME: Final = "九年级第一次模拟考试·科学（演示）"
EXAM_NAME_EN: Final = "Grade 9, first mock exam: science (demo)"
EXAM_ITEMS: Final = 20  # one mark each
RETURNS_ANSWERED: Final = 21  # of 35 schools: a completion rate of 60 %


class SchoolRow(msgspec.Struct, frozen=True):
    """One school 学校 of schools.csv; `lng` and `lat` are degrees."""

    code: str
    name: str
    name_en: str
    stages: tuple[str, ...]
    tier: str
    tier_from_on: date
    address: str
    lng: float
    lat: float


class StaffRow(msgspec.Struct, frozen=True):
    """One person with one appointment 任职 of staff.csv; `school_code` may be OFFICE."""

    username: str
    name: str
    school_code: str
    role: str
    from_on: date
    until_on: date | None


class Part(StrEnum):
    """The parts of the story. Seats are five, so the fifth borrower is the last."""

    GROUP_ADMIN = "group_admin"
    EVALUATION_OFFICER = "evaluation_officer"
    INSPECTOR = "inspector"
    DEPOSITOR = "depositor"
    OWNER_PRINCIPAL = "owner_principal"
    OWNER_LIBRARIAN = "owner_librarian"
    GRANTEE_PRINCIPAL = "grantee_principal"
    BORROWER_1 = "borrower_1"
    BORROWER_2 = "borrower_2"
    BORROWER_3 = "borrower_3"
    BORROWER_4 = "borrower_4"
    REFUSED = "refused"  # partner school without an agreement
    LAST_SEAT = "last_seat"  # partner school with an agreement
    IN_QUEUE = "in_queue"  # integrated, comes when all five seats are taken
    EXAM_SCHOOL = "exam_school"  # principal who sees the own school and anonymous others
    SMALL_SCHOOL = "small_school"  # principal of the school with seven candidates
    STRANGER = "stranger"  # teacher of the neighbouring group


DEMO_PEOPLE: Final[Mapping[Part, str]] = MappingProxyType(
    {
        Part.GROUP_ADMIN: "lin.wanqing",
        Part.EVALUATION_OFFICER: "yan.liyan",
        Part.INSPECTOR: "bai.minxing",
        Part.DEPOSITOR: "hua.jiashu",
        Part.OWNER_PRINCIPAL: "wei.letian",
        Part.OWNER_LIBRARIAN: "chen.songnian",
        Part.GRANTEE_PRINCIPAL: "wei.leqin",
        Part.BORROWER_1: "jiang.zhiyuan",
        Part.BORROWER_2: "shi.songnian",
        Part.BORROWER_3: "ren.jinghao",
        Part.BORROWER_4: "peng.yuanshan",
        Part.REFUSED: "ge.mingche",
        Part.LAST_SEAT: "ren.siqi",
        Part.IN_QUEUE: "jin.chenghuai",
        Part.EXAM_SCHOOL: "wei.letian",
        Part.SMALL_SCHOOL: "kong.huaijin",
        Part.STRANGER: "lyu.moyan",
    }
)
"""The username that plays each part; one person may play two."""


def schools_csv() -> bytes:
    """The 35 schools, as imported."""
    return _read("schools.csv")


def schools_xlsx() -> bytes:
    """The same schools as a workbook: codes are texts, dates are dates, degrees are numbers."""
    return _read("schools.xlsx")


def staff_csv() -> bytes:
    """The people and their appointments, as imported."""
    return _read("staff.csv")


def staff_xlsx() -> bytes:
    """The same people as a workbook."""
    return _read("staff.xlsx")


def circles_csv() -> bytes:
    """One circle 校际圈, a row per member school."""
    return _read("circles.csv")


def agreement_csv() -> bytes:
    """One agreement 协议: owner school, grantee school, kinds of resources, first and last day."""
    return _read("agreement.csv")


def terms_csv() -> bytes:
    """Two terms 学期 and their holidays, both days included; a demo may compute its own instead."""
    return _read("terms.csv")


def exam_csv() -> bytes:
    """The exam's item scores, a row per candidate (data/README.md says which part is fact)."""
    return _read("exam_responses.csv")


def neighbour_schools_csv() -> bytes:
    """The only school of another group on the same server."""
    return _read("neighbour/schools.csv")


def neighbour_staff_csv() -> bytes:
    """The people of that other group."""
    return _read("neighbour/staff.csv")


@cache
def schools() -> tuple[SchoolRow, ...]:
    """The 35 schools in the order of the file."""
    return tuple(
        msgspec.convert(row | {"stages": row["stages"].split(";")}, SchoolRow, strict=False)
        for row in _rows(schools_csv())
    )


@cache
def staff() -> tuple[StaffRow, ...]:
    """The people of the group in the order of the file."""
    return _people(staff_csv())


@cache
def neighbour_staff() -> tuple[StaffRow, ...]:
    """The people of the neighbouring group in the order of the file."""
    return _people(neighbour_staff_csv())


def person(part: Part) -> StaffRow:
    """Who plays the part."""
    username = DEMO_PEOPLE[part]
    return next(row for row in (*staff(), *neighbour_staff()) if row.username == username)


def principals() -> tuple[StaffRow, ...]:
    """One principal 校长 per school, in the order of the schools."""
    return tuple(row for row in staff() if row.role == "principal")


def principals_of(tier: str) -> tuple[StaffRow, ...]:
    """The principals of the schools of one tier."""
    codes = {school.code for school in schools() if school.tier == tier}
    return tuple(row for row in principals() if row.school_code in codes)


def answering_principals() -> tuple[StaffRow, ...]:
    """The principals who answer the office's return 填报; the others leave it open."""
    return principals()[:RETURNS_ANSWERED]


def _people(content: bytes) -> tuple[StaffRow, ...]:
    return tuple(
        msgspec.convert(row | {"until_on": row["until_on"] or None}, StaffRow, strict=False)
        for row in _rows(content)
    )


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def _read(name: str) -> bytes:
    return (resources.files("schoolgroup.demo") / "data" / name).read_bytes()
