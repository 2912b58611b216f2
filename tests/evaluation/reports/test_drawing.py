"""Bars that hide nobody, and drawings that need no font of the machine."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.evaluation.reports.drawing import ROWS_MAX, draw
from schoolgroup.evaluation.reports.models import Bar, Column, Distribution, Interval, Intervals
from schoolgroup.evaluation.reports.page import shown
from schoolgroup.evaluation.reports.rules import low_end, merged, share_interval
from schoolgroup.kernel.texts import Text

MARKS = Text("marks <&>", "分数 <&>")


def texts_of(svg):
    return ["".join(node.itertext()).strip() for node in ElementTree.fromstring(svg).iter("text")]


@settings(max_examples=60, deadline=None)
@given(counts=st.lists(st.integers(0, 30), min_size=1, max_size=12), k=st.integers(1, 15))
def test_bars_are_empty_or_large_and_hold_everybody(counts, k):
    edges = [float(n) for n in range(len(counts) + 1)]
    bars = merged(counts, edges, k, lambda at: at)
    assert sum(bar.n for bar in bars) == sum(counts)
    assert [bar.low for bar in bars] == [0.0, *(bar.high for bar in bars[:-1])]
    assert bars[-1].high == edges[-1]
    if sum(counts) >= k:
        assert all(bar.n == 0 or bar.n >= k for bar in bars)


def test_texts_are_set_in_the_readers_font_and_stay_themselves():
    plot = Distribution(MARKS, [Bar("优秀", 3), Bar("及格", 9)])
    [zh] = draw(plot, "zh", "a", "图 <1>")
    assert draw(plot, "zh", "a", "图 <1>") == [zh]
    assert {"优秀", "及格", "分数 <&>", "人数"} <= set(texts_of(zh))
    assert "Noto Sans CJK SC" in zh
    assert "DejaVu" not in zh.partition(">")[2]
    [en] = draw(plot, "en", "a", "plot")
    assert "marks &lt;&amp;&gt;" in en


def test_many_schools_go_over_several_pictures_with_one_scale():
    many = [Interval(Text(f"S{n}", f"学校{n}"), n / 10, n / 10 - 1, n / 10 + 1) for n in range(100)]
    drawn = draw(Intervals(MARKS, many, None, MARKS), "en", "s", "schools")
    assert len(drawn) == -(-100 // ROWS_MAX)
    ticks = [[said for said in texts_of(svg) if said[:1].isdigit()] for svg in drawn]
    assert ticks[0] == ticks[1] == ticks[2]
    ids = [node.attrib["id"] for svg in drawn for node in ElementTree.fromstring(svg).iter()
           if "id" in node.attrib]  # fmt: skip
    assert len(ids) == len(set(ids))


def test_figures_are_rounded_half_up_and_nothing_is_minus_nothing():
    two, percent = Column("x", MARKS), Column("x", MARKS, 0, percent=True)
    assert shown(84.125, two, "en") == "84.13"
    assert shown(-0.001, two, "en") == "0.00"
    assert shown(0.845, percent, "en") == "85%"
    assert (low_end("500+"), low_end("20-49"), low_end(None)) == (500, 20, 0)
    assert share_interval(0.0, 20) == pytest.approx((0.0, 0.16113), abs=1e-5)
