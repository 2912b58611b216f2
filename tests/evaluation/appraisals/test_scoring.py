"""Scoring without a database: exact, whatever the tree, and whoever came first."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.evaluation.appraisals.outcomes.rules import core, distribution, document
from schoolgroup.evaluation.appraisals.schemes import files, rules
from schoolgroup.evaluation.appraisals.schemes.models import SchemeInput, Source
from schoolgroup.evaluation.appraisals.scoring import balance
from schoolgroup.evaluation.appraisals.scoring.models import CaseInputs, Tally
from schoolgroup.evaluation.appraisals.scoring.raters import reliability
from schoolgroup.evaluation.appraisals.scoring.rules import (
    exact,
    percent,
    score,
    share_of,
    share_of_tally,
)
from schoolgroup.evaluation.value_added.differences import coefficient_of_variation
from schoolgroup.kernel.errors import Invalid

T = {"en": "x", "zh": "某"}


def leaf(code, weight, parent="", source="expert", scale=None, **more):
    scale = scale or {"type": "score", "max": "10", "step": "0.5"}
    sources = [{"source": source, "weight_bp": 10_000}]
    return {"code": code, "title": T, "weight_bp": weight, "parent": parent, "scale": scale,
            "sources": sources, **more}  # fmt: skip


def scheme_of(*indicators, **sets):
    plain = {"code": "s", "title": T, "indicators": list(indicators), "settings": sets}
    made = msgspec.convert(plain, SchemeInput)
    rules.check_scheme(made)
    return made


def case(no=1, stage="", **given):
    return CaseInputs(case_id=UUID(int=no), stage=stage, **given)


def experts(*marks):
    return {UUID(int=n): one for n, one in enumerate(marks, 100)}


@st.composite
def trees(draw):
    """Any tree of up to three levels with weights that make 10,000, and which leaves are there."""
    indicators, leaves = [], []

    def siblings(parent, level):
        n = draw(st.integers(1, 3))
        cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=n - 1, max_size=n - 1)))
        weights = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
        for at, weight in enumerate(weights):
            code = f"{parent}{at}" if parent else f"N{at}"
            if level < 3 and draw(st.booleans()):
                indicators.append({"code": code, "title": T, "weight_bp": weight, "parent": parent})
                siblings(code, level + 1)
            else:
                indicators.append(leaf(code, weight, parent))
                leaves.append(code)

    siblings("", 1)
    marks = {code: str(draw(st.integers(0, 10))) for code in leaves if draw(st.booleans())}
    return indicators, leaves, marks


@settings(max_examples=60, deadline=None)
@given(trees(), st.sampled_from(["incomplete", "renormalise"]))
def test_weights_are_conserved_in_any_tree(tree, missing):
    """The parts of the leaves make the whole, and the total is the sum of parts × shares."""
    indicators, leaves, marks = tree
    scheme = scheme_of(*indicators, missing=missing)
    found = score(scheme, case(experts=experts(marks) if marks else {}))
    parts = {code: found.nodes[code].part for code in leaves}
    if missing == "incomplete" or found.total is not None:
        assert sum(parts.values()) == 1
    if found.total is None:
        return
    counted = {code: part for code, part in parts.items() if part}
    assert counted.keys() <= marks.keys()
    shares = {code: Fraction(int(marks[code]), 10) for code in counted}
    assert found.total == sum(parts[code] * shares[code] for code in counted)
    assert min(shares.values()) <= found.total <= max(shares.values())


def test_renormalised_or_incomplete():
    two = [leaf("A", 7000), leaf("B", 3000)]
    given_one = experts({"A": "8"})
    open_ = score(scheme_of(*two), case(experts=given_one))
    assert (open_.total, open_.missing) == (None, ["B"])
    closed = score(scheme_of(*two, missing="renormalise"), case(experts=given_one))
    parts = [closed.nodes[code].part for code in "AB"]
    assert (closed.total, parts) == (Fraction(4, 5), [Fraction(1), Fraction(0)])
    # a veto nobody has decided on is never scaled away
    vetoed = scheme_of(
        leaf("A", 10_000), leaf("V", 0, scale={"type": "yes_no"}, veto_below_bp=10_000),
        missing="renormalise",
    )  # fmt: skip
    undecided = score(vetoed, case(experts=given_one))
    assert (undecided.total, undecided.missing) == (None, ["V"])


def test_a_veto_puts_the_best_into_the_lowest_band():
    bands = [{"code": "good", "title": T, "from_bp": 6000}, {"code": "bad", "title": T,
             "from_bp": 0}]  # fmt: skip
    scheme = scheme_of(
        leaf("A", 10_000), leaf("V", 0, scale={"type": "yes_no"}, veto_below_bp=10_000),
        bands=bands,
    )  # fmt: skip
    fine, vetoed = (
        score(scheme, case(experts=experts({"A": "10", "V": word}))) for word in ("yes", "no")
    )
    assert (fine.band, fine.vetoes) == ("good", [])
    assert (vetoed.band, vetoed.vetoes, vetoed.total) == ("bad", ["V"], Fraction(1))


NATIONAL = files.ready_scheme("national_balance_2017")
# 200 pupils of a junior school, everything exactly on its target
ON_TARGET = {
    "pupils": "200", "teachers_above_degree": "10.6", "key_teachers": "2",
    "sports_arts_teachers": "1.8", "teaching_rooms_m2": "1160", "sports_m2": "2040",
    "equipment_cny": "500000", "multimedia_rooms": "4.8",
}  # fmt: skip


def junior(no=1, **changes):
    figures = {name: Decimal(text) for name, text in {**ON_TARGET, **changes}.items()}
    return case(no, "junior", figures=figures)


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({}, True),
        # 85 % of 10.2 m² × 200 pupils is 1734 m², exactly; 0.85 as a float is not
        ({"sports_m2": "1734"}, True),
        ({"sports_m2": "1733.999999"}, False),
        ({"sports_m2": "1734", "key_teachers": "1.9"}, False),
        ({"sports_m2": "2039.999999"}, True),
    ],
    ids=["on_target", "at_85", "below_85", "two_below_target", "just_below_target"],
)
def test_six_of_seven_and_the_rest_at_85_percent_exactly(changes, passed):
    found = score(NATIONAL, junior(**changes))
    [rule] = found.rules
    assert rule.passed is passed
    assert len(rule.reached) == 7 - len(changes)


def test_a_missing_figure_leaves_the_threshold_open_unless_it_is_lost_already():
    figures = dict(junior().figures)
    del figures["sports_m2"]
    assert score(NATIONAL, case(stage="junior", figures=figures)).rules[0].passed is None
    figures["key_teachers"] = Decimal(0)
    assert score(NATIONAL, case(stage="junior", figures=figures)).rules[0].passed is False


def test_the_differentiation_coefficient_by_hand():
    """100 pupils with 2 m² each and 300 with 6: μ = 5, CV² = (¼·9 + ¾·1)/25 = 3/25."""
    pupils, rooms = [100, 300], [200, 1800]
    square = balance.square_of_coefficient(
        [Fraction(n) for n in pupils], [Fraction(r) for r in rooms]
    )
    assert square == Fraction(3, 25)
    assert coefficient_of_variation(pupils, rooms) == pytest.approx(0.3464101615)
    cases = [
        junior(n, pupils=str(p), teaching_rooms_m2=str(r))
        for n, (p, r) in enumerate(zip(pupils, rooms, strict=True))
    ]
    told = {one.indicator: one for one in balance.spreads(NATIONAL, cases)}["R4"]
    assert (told.coefficient, told.passed, told.n, told.missing) == ("0.3464", True, 2, 0)


def test_the_limit_itself_is_met():
    """Per pupil 11 and 29 of two schools of 100: μ = 20, CV = 9/20: 0.45 is allowed, no more."""
    met = [junior(n, pupils="100", sports_m2=m) for n, m in enumerate(("1100", "2900"))]
    over = [junior(n, pupils="100", sports_m2=m) for n, m in enumerate(("1099", "2901"))]
    for cases, passed in ((met, True), (over, False)):
        told = {one.indicator: one for one in balance.spreads(NATIONAL, cases)}["R5"]
        assert told.passed is passed
    without = [*met, case(9, "junior", figures={"pupils": Decimal(100)})]
    told = {one.indicator: one for one in balance.spreads(NATIONAL, without)}["R5"]
    assert (told.passed, told.missing) == (None, 1)


def test_raters_in_any_order_give_the_same_bytes():
    scheme = scheme_of(leaf("A", 5000), leaf("B", 5000))
    marks = [{"A": "7.5", "B": "3"}, {"B": "4", "A": "9"}, {"A": "6", "B": "10"}]
    told = set()
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        inputs = case(experts={UUID(int=9 - n): marks[n] for n in order})
        told.add(document(core(scheme, "0" * 64, inputs, score(scheme, inputs))))
    assert len(told) == 1
    # 5.25, 6.5 and 8 of ten: sd 1.3769 over √3, Student's t 4.3027 with two degrees of freedom
    sure = score(scheme, case(experts=experts(*marks))).uncertainty
    assert sure.n_raters == 3
    assert sure.standard_error == pytest.approx(7.9495, abs=1e-4)
    assert sure.low == pytest.approx(65.8333 - 34.2042, abs=1e-3)
    alone = score(scheme, case(experts=experts(marks[0]))).uncertainty
    assert (alone.n_raters, alone.standard_error, alone.low) == (1, None, None)


def test_small_surveys_neither_count_nor_show_and_sums_fit_the_scale():
    levels = {"type": "level", "levels": [{"code": c, "points": p} for c, p in
              (("A", 100), ("B", 60), ("C", 0))]}  # fmt: skip
    scheme = scheme_of(leaf("Q", 10_000, source="survey", scale=levels), survey_min=10)
    scale = scheme.indicators[0].scale
    few, enough = Tally(9, [5, 2, 2], None), Tally(10, [5, 5, 0], None)
    found = {
        tally.n: score(scheme, case(tallies={(Source.SURVEY, "Q"): tally}))
        for tally in (few, enough)
    }
    assert (found[9].total, found[10].total) == (None, Fraction(4, 5))
    assert "9" not in found[9].nodes["Q"].missing
    for wrong in (Tally(10, [5, 5], None), Tally(11, [5, 5, 0], None), Tally(2, None, Decimal(3))):
        with pytest.raises(ValueError, match="counts"):
            share_of_tally(scale, wrong)


def test_severity_and_agreement():
    """One assessor gives two points of ten less than both others, every time."""
    scheme = scheme_of(leaf("A", 10_000))
    cases = [
        case(n, experts=experts({"A": str(base)}, {"A": str(base)}, {"A": str(base - 2)}))
        for n, base in enumerate((4, 6, 8, 10, 5))
    ]
    found = reliability(scheme, cases)
    severities = [one.severity for one in found.severity]
    assert severities == [10, 10, -20]
    third = zip((4, 6, 8, 10, 5), ("3.5", "4", "7", "9", "3.5"), strict=True)
    cases = [
        case(n, experts=experts({"A": str(base)}, {"A": str(base)}, {"A": other}))
        for n, (base, other) in enumerate(third)
    ]
    found = reliability(scheme, cases)
    assert found.single is not None
    assert found.mean is not None
    assert found.single < found.mean  # several reviewers are worth more than one
    assert reliability(scheme, cases[::-1]) == found


def test_percent_rounds_half_up():
    halves = [Fraction(1, 8), Fraction(84505, 100000), Fraction(845045, 1000000), Fraction(1)]
    assert [percent(one) for one in halves] == ["12.50", "84.51", "84.50", "100.00"]


@pytest.mark.parametrize("value", ["1/2", "1e3", "nan", "", "10.3", "-1", "١١", "11"])
def test_off_the_scale_is_refused(value):
    scale = scheme_of(leaf("A", 10_000)).indicators[0].scale
    with pytest.raises(ValueError, match=r"number|steps"):
        share_of(scale, value)


def test_numbers_are_exact():
    assert exact("0.1") + exact("0.2") == exact("0.3")


def test_few_others_are_not_told():
    assert distribution("", [Fraction(1, 2)] * 4).suppressed
    told = distribution("", [Fraction(n, 10) for n in (1, 2, 3, 4, 5)])
    assert (told.lower_quartile, told.median, told.upper_quartile) == ("20.00", "30.00", "40.00")


@pytest.mark.parametrize(
    ("indicators", "code"),
    [
        ([leaf("A", 9_999)], "weights_wrong"),
        ([leaf("A", 10_000), leaf("B", 1)], "weights_wrong"),
        ([leaf("A", 5000), leaf("A", 5000)], "scheme_invalid"),
        ([leaf("A", 10_000, parent="Z")], "scheme_invalid"),
        ([leaf("A", 10_000, source="data")], "scheme_invalid"),
        ([{"code": "A", "title": T, "weight_bp": 10_000}], "scheme_invalid"),
        ([leaf("A", 10_000, parent="B"), {"code": "B", "title": T, "weight_bp": 10_000,
          "parent": "A"}], "scheme_invalid"),
        ([leaf("A", 10_000, scale={"type": "score", "max": "1", "step": "0.3"})], "scheme_invalid"),
    ],
    ids=["9999", "10001", "twice", "orphan", "no_ratio", "no_scale", "circle", "steps"],
)  # fmt: skip
def test_a_scheme_that_does_not_hold_together_is_refused(indicators, code):
    with pytest.raises(Invalid) as refused:
        scheme_of(*indicators)
    assert refused.value.code == code
    assert refused.value.problems


def test_files_read_back_what_they_wrote():
    for write in (files.write_yaml, files.write_json):
        assert files.read_scheme(write(NATIONAL)) == NATIONAL
    again = files.read_scheme(files.write_workbook(NATIONAL))
    assert again.settings == NATIONAL.settings
    assert [(i.code, i.scale, i.weight_bp) for i in again.indicators] == [
        (i.code, i.scale, i.weight_bp) for i in NATIONAL.indicators
    ]


@pytest.mark.parametrize(
    "content",
    [b"a: &x [1]\nb: *x", b"\xff\xfe", b"[" * 40, b"code: 1", b"{", b"!!python/object:os.x {}"],
    ids=["alias", "encoding", "deep", "type", "broken", "object"],
)
def test_a_file_that_is_no_scheme_is_refused(content):
    with pytest.raises(rules.SchemeInvalid):
        files.read_scheme(content)
