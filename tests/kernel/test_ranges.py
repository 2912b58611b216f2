"""One byte range of a representation, at every edge."""

import pytest

from schoolgroup.kernel.ranges import BeyondTheEnd, Span, read_range

TAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-9", 0, 9),
        ("bytes=0-99", 0, 9),
        ("bytes=4-", 4, 9),
        ("bytes=9-", 9, 9),
        ("bytes=-3", 7, 9),
        ("bytes=-99", 0, 9),
        (" bytes= 2-5 ", 2, 5),
    ],
)
def test_a_range_is_what_it_says(header, first, last):
    span = read_range(header, None, TAG, 10)
    assert span == Span(first, last, 10)
    assert span.length == last - first + 1
    assert span.told == f"bytes {first}-{last}/10"


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=1-2,4-5", "items=0-1", "bytes=a-b",
     "bytes=0-1;x", "bytes=٣-٤", "bytes=" + "9" * 30 + "-"],
)  # fmt: skip
def test_what_is_no_single_byte_range_is_ignored(header):
    assert read_range(header, None, TAG, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=11-12", "bytes=-0"])
def test_beyond_the_end_is_refused_with_the_length(header):
    with pytest.raises(BeyondTheEnd) as refused:
        read_range(header, None, TAG, 10)
    assert refused.value.facts == {"size_bytes": 10}


def test_another_version_than_the_one_begun_with_is_sent_whole():
    assert read_range("bytes=4-", TAG, TAG, 10) == Span(4, 9, 10)
    for other in ('"other"', f"W/{TAG}", "Mon, 23 Nov 2026 00:00:00 GMT"):
        assert read_range("bytes=4-", other, TAG, 10) is None
