"""The pure rules of uploads."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel.storage import PARTS_MAX, StoredPart
from schoolgroup.resources.deposits import refusals, rules
from schoolgroup.resources.deposits.models import FinishedPart, Rejection


def office(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(60), "image/jpeg"),
        (b"\0\0\0\x20ftypisom" + bytes(60), "video/mp4"),
        (office("[Content_Types].xml", "ppt/presentation.xml"),
         rules.OFFICE_XML + "presentationml.presentation"),
        (office("[Content_Types].xml", "word/document.xml"),
         rules.OFFICE_XML + "wordprocessingml.document"),
        (office("a.txt"), "application/zip"),
        (rules.OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "application/msword"),
        ("今天学习分数的意义".encode(), "text/plain"),
        (("分" * 30_000).encode()[:65_536], "text/plain"),
        (b"<!DOCTYPE html><html></html>", "text/html"),
        (bytes(range(128, 256)), "application/octet-stream"),
    ],
)  # fmt: skip
def test_the_media_type_comes_from_the_bytes(content, media_type):
    assert rules.media_type_of(content, content[-64 * 1024 :]) == media_type


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_have_one_media_type(content):
    assert rules.media_type_of(content, content) == rules.media_type_of(content, content)
    assert "/" in rules.media_type_of(content, content)


@given(st.integers(min_value=1, max_value=2**43))
def test_parts_cover_the_file_and_fit_the_store(size_bytes):
    part_bytes = rules.part_bytes_for(size_bytes)
    count = rules.part_count_of(size_bytes, part_bytes)
    assert part_bytes >= rules.PART_BYTES_MIN
    assert 1 <= count <= PARTS_MAX
    assert (count - 1) * part_bytes < size_bytes <= count * part_bytes


def test_a_name_is_kept_in_its_composed_form():
    assert rules.check_file_name("Cafe\u0301 第3课（上）：分数？.pptx") == (
        "Café 第3课（上）：分数？.pptx"
    )


@pytest.mark.parametrize("space", ["\u1680", "\u3000", "\u00a0", "\u2009"])
def test_any_space_in_a_name_becomes_a_plain_one(space):
    assert rules.check_file_name(f"第一课{space}课件.pptx{space}") == "第一课 课件.pptx"


@given(st.text(max_size=30))
def test_a_name_that_passes_is_one_safe_name(name):
    try:
        kept = rules.check_file_name(name)
    except refusals.BadFileName:
        return
    assert kept.isprintable()
    assert "/" not in kept
    assert "\\" not in kept
    assert kept not in ("", ".", "..")
    assert rules.check_file_name(kept) == kept


def test_parts_are_put_together_in_order_from_what_the_store_has():
    arrived = [StoredPart(1, "a", 5), StoredPart(2, "b", 3)]
    sent = [FinishedPart(number=2, etag='"b"'), FinishedPart(number=1, etag="a")]
    assert rules.check_parts(2, arrived, sent) == arrived
    with pytest.raises(refusals.PartsDiffer):
        rules.check_parts(2, arrived, [*sent, FinishedPart(number=3, etag="c")])
    with pytest.raises(refusals.PartsMissing) as refused:
        rules.check_parts(3, arrived, sent)
    assert refused.value.facts == {"missing": [3]}


@pytest.mark.parametrize(
    ("size", "digest", "wrong"),
    [
        (5, "a", None),
        (4, "a", Rejection.SIZE),
        (6, "b", Rejection.SIZE),
        (5, "b", Rejection.SHA256),
    ],
)
def test_what_came_is_compared_with_what_was_announced(size, digest, wrong):
    assert rules.mismatch(5, "a", size, digest) == wrong
