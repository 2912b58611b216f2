"""Plots as inline SVG, by matplotlib: no font, script or date in them, the same bytes each time.

Texts stay texts (`svg.fonttype` none) and are set in the reader's own fonts. matplotlib ships no
Chinese glyphs and measures with the font it has; so what it draws in their place are stand-ins of
about the same width, put back afterwards: the drawing depends on no font of the machine.
Black and white on purpose: shapes, hatches and line styles carry the difference, not colour.
"""

import io
import re
import threading
from collections.abc import Sequence
from html import escape
from typing import Any

from schoolgroup.evaluation.reports.models import (
    Distribution,
    Interval,
    Intervals,
    ItemMap,
    Location,
    Plot,
    Wright,
)
from schoolgroup.kernel.texts import Text

WIDTH_INCHES = 6.8  # A4 between margins of 18 mm
ROWS_MAX = 45  # schools in one picture: what one page holds
FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',"
    "'Hiragino Sans GB','WenQuanYi Micro Hei','DejaVu Sans',Arial,sans-serif"
)
HIDDEN = Text("hidden: too few pupils", "人数过少，不予显示")
PUPILS = Text("pupils", "人数")
EASY = Text("p: share of the marks earned (right: easier)", "得分率 p（越右越易）")
APART = Text("item–rest r", "校正题总相关 r")
LOGITS = Text("logits", "logit")
ITEMS = Text("items", "题目")
GREY, PALE = "#555555", "#d9d9d9"
# one figure at a time: matplotlib's font cache and settings are one for the process
_turn = threading.Lock()
_NOISE = re.compile(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", re.DOTALL)
_FONT = re.compile(r"font-family: [^;\"]*;? ?")
_TOKEN = re.compile(r"Q(\d+)Qx*")


class Words:
    """Stand-ins for texts that are not plain ASCII."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.said: list[str] = []

    def __call__(self, text: Text | str) -> str:
        """What to draw instead of the text: itself where it is plain."""
        said = text if isinstance(text, str) else text.within(self.language)
        if said.isascii() and not _TOKEN.search(said):
            return said
        self.said.append(said)
        token = f"Q{len(self.said) - 1}Q"
        ems = sum(0.55 if char.isascii() else 1.0 for char in said)
        return token + "x" * max(0, round(ems / 0.6) - len(token))

    def back(self, svg: str) -> str:
        """The drawing with the texts themselves."""
        return _TOKEN.sub(lambda found: escape(self.said[int(found[1])]), svg)


def draw(plot: Plot, language: str, name: str, alternative: str) -> list[str]:
    """The plot as SVG elements, one or more. `name` makes their ids unique within a page."""
    if isinstance(plot, Intervals):
        chunks = [plot.of[at : at + ROWS_MAX] for at in range(0, len(plot.of), ROWS_MAX)]
        return [
            _drawn(f"{name}p{n}", language, alternative, _intervals, plot, chunk)
            for n, chunk in enumerate(chunks)
        ]
    if isinstance(plot, Distribution):
        return [_drawn(name, language, alternative, _distribution, plot)]
    if isinstance(plot, ItemMap):
        return [_drawn(name, language, alternative, _item_map, plot)]
    return [_drawn(name, language, alternative, _wright, plot)]


def _drawn(name: str, language: str, alternative: str, how: Any, *what: Any) -> str:
    # Here, not above: matplotlib takes a second to import, and only pages need it.
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    words = Words(language)
    with _turn:
        matplotlib.rcParams.update(
            {
                "svg.fonttype": "none",
                "svg.hashsalt": "schoolgroup",
                "font.size": 9,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.linewidth": 0.6,
                "hatch.linewidth": 0.5,
                "axes.unicode_minus": False,
                "text.parse_math": False,
            }
        )
        figure = Figure()
        FigureCanvasSVG(figure)
        how(figure, words, *what)
        out = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", metadata=nothing)
    return _inline(words.back(out.getvalue()), name, alternative)


def _inline(svg: str, name: str, alternative: str) -> str:
    """The element alone: no prolog, no namespace to fetch, ids of its own, a text beside it."""
    svg = _NOISE.sub("", svg[svg.index("<svg") :])
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r'<g id="(?!m)[^"]*">', "<g>", svg)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(url\(|href=")#', rf"\1#{name}-", svg)
    svg = re.sub(r"\n\s*", " ", _FONT.sub("", svg))
    title = escape(alternative)
    head, _, rest = svg.partition(">")
    return (
        f'{head} style="font-family:{FONTS}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{rest}"
    ).strip()


def _axes(figure: Any, height: float, left: float = 0.55, bottom: float = 0.5) -> Any:
    """Axes with margins in inches: measuring every text first would take most of the time."""
    figure.set_size_inches(WIDTH_INCHES, height)
    right, top = 0.12, 0.12
    return figure.add_axes(
        (
            left / WIDTH_INCHES,
            bottom / height,
            (WIDTH_INCHES - left - right) / WIDTH_INCHES,
            (height - bottom - top) / height,
        )
    )


def _inches(said: str) -> float:
    """About how wide a text of 9 points is, or its stand-in."""
    return len(said) * 0.6 * 9 / 72


def _distribution(figure: Any, words: Words, plot: Distribution) -> None:
    axes = _axes(figure, 2.5)
    by_marks = all(bar.low is not None for bar in plot.bars)
    spans = [
        (bar.low, bar.high - bar.low)
        if bar.low is not None and bar.high is not None
        else (at - 0.35, 0.7)
        for at, bar in enumerate(plot.bars)
    ]
    axes.bar(
        [left for left, _ in spans], [bar.n for bar in plot.bars], [width for _, width in spans],
        align="edge", color=PALE, edgecolor="black", linewidth=0.7,
    )  # fmt: skip
    for bar, (left, width) in zip(plot.bars, spans, strict=True):
        axes.annotate(
            str(bar.n), (left + width / 2, bar.n), ha="center", va="bottom", fontsize=8,
            xytext=(0, 1), textcoords="offset points",
        )  # fmt: skip
    if by_marks:
        ends = sorted({left for left, _ in spans} | {left + width for left, width in spans})
        axes.set_xticks(ends, [f"{edge:g}" for edge in ends])
    else:
        axes.set_xticks(range(len(plot.bars)), [words(bar.label) for bar in plot.bars])
    if plot.mean is not None:
        axes.axvline(plot.mean, color="black", linestyle="--", linewidth=1)
    axes.set_ylim(0, max([bar.n for bar in plot.bars], default=1) * 1.15 or 1)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=5)
    axes.set_xlabel(words(plot.axis))
    axes.set_ylabel(words(PUPILS))


def _intervals(figure: Any, words: Words, plot: Intervals, chunk: Sequence[Interval]) -> None:
    labels = [words(one.label) for one in chunk]
    left = min(2.2, max(map(_inches, labels), default=0.0) + 0.2)
    axes = _axes(figure, 0.7 + 0.22 * max(len(chunk), 2), left)
    # of all schools, so that the pictures of one plot share their scale
    ends = [end for one in plot.of for end in (one.value, one.low, one.high) if end is not None]
    if plot.reference is not None:
        ends.append(plot.reference)
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    room = (high - low) * 0.05 or 1.0
    for own in (False, True):
        lines = [(at, one) for at, one in enumerate(chunk)
                 if one.low is not None and one.own is own]  # fmt: skip
        axes.hlines(
            [at for at, _ in lines], [one.low for _, one in lines], [one.high for _, one in lines],
            color="black", linewidth=2.4 if own else 1.1,
        )  # fmt: skip
        points = [(at, one.value) for at, one in enumerate(chunk)
                  if one.value is not None and one.own is own]  # fmt: skip
        axes.plot(
            [value for _, value in points], [at for at, _ in points], "D" if own else "o",
            color="black", markerfacecolor="black" if own else "white", markersize=5,
        )  # fmt: skip
    hidden = [at for at, one in enumerate(chunk) if one.value is None]
    if hidden:
        axes.barh(
            hidden, high - low + 2 * room, 0.6, left=low - room, facecolor="none",
            edgecolor="#aaaaaa", hatch="/////", linewidth=0,
        )  # fmt: skip
    for at in hidden:
        axes.text(
            (low + high) / 2, at, words(HIDDEN), ha="center", va="center", fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    if plot.reference is not None:
        axes.axvline(plot.reference, color=GREY, linestyle="--", linewidth=0.8)
    axes.set_xlim(low - room, high + room)
    axes.set_yticks([])  # texts instead: a tick is ten times as dear
    for at, (label, one) in enumerate(zip(labels, chunk, strict=True)):
        axes.text(
            -0.012, at, label, ha="right", va="center", transform=axes.get_yaxis_transform(),
            fontweight="bold" if one.own else "normal",
        )  # fmt: skip
    axes.set_ylim(len(chunk) - 0.4, -0.6)
    axes.set_xlabel(words(plot.axis))


def _item_map(figure: Any, words: Words, plot: ItemMap) -> None:
    axes = _axes(figure, 3.4)
    for apart in (True, False):
        points = [point for point in plot.points if point.discriminates is apart]
        axes.plot(
            [point.p for point in points], [point.rest_r for point in points],
            "o" if apart else "X", color="black",
            markerfacecolor="white" if apart else "black", markersize=5,
        )  # fmt: skip
    for point in plot.points:
        axes.annotate(
            words(point.label), (point.p, point.rest_r), xytext=(4, 3), fontsize=8,
            textcoords="offset points",
        )  # fmt: skip
    axes.axhline(0, color="black", linewidth=0.8)
    axes.axhline(0.2, color=GREY, linewidth=0.6, linestyle=":")
    axes.set_xlim(-0.03, 1.06)
    lowest = min([point.rest_r for point in plot.points], default=0.0)
    axes.set_ylim(min(-0.05, lowest - 0.08), 1.03)
    axes.set_xlabel(words(EASY))
    axes.set_ylabel(words(APART))


def _wright(figure: Any, words: Words, plot: Wright) -> None:
    height = 4.4
    figure.set_size_inches(WIDTH_INCHES, height)
    left = figure.add_axes((0.09, 0.5 / height, 0.42, 1 - 0.62 / height))
    right = figure.add_axes((0.54, 0.5 / height, 0.44, 1 - 0.62 / height), sharey=left)
    bars = [bar for bar in plot.pupils if bar.low is not None and bar.high is not None]
    left.barh(
        [bar.low for bar in bars], [bar.n for bar in bars],
        [(bar.high or 0) - (bar.low or 0) for bar in bars],
        align="edge", color=PALE, edgecolor="black", linewidth=0.7,
    )  # fmt: skip
    left.invert_xaxis()
    left.set_xlabel(words(PUPILS))
    left.set_ylabel(words(LOGITS))
    placed = _columns(plot.items)
    for column, located in placed:
        right.text(column, located.at, words(located.label), ha="center", va="center", fontsize=8)
    right.set_xlim(-0.5, max([column for column, _ in placed], default=0) + 0.5)
    right.set_xticks([])
    right.tick_params(labelleft=False)
    right.set_xlabel(words(ITEMS))
    ends = [end for bar in bars if bar.n for end in (bar.low, bar.high) if end is not None]
    ends += [located.at for located in plot.items]
    left.set_ylim(min(ends, default=-4.0) - 0.3, max(ends, default=4.0) + 0.3)


def _columns(items: Sequence[Location]) -> list[tuple[int, Location]]:
    """Items side by side where they lie too near each other to be read above each other."""
    placed: list[tuple[int, Location]] = []
    for item in sorted(items, key=lambda one: (one.at, one.label)):
        taken = {column for column, other in placed if abs(other.at - item.at) < 0.22}
        column = next(n for n in range(len(items) + 1) if n not in taken)
        placed.append((column, item))
    return placed
