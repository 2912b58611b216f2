"""The options of `schoolgroup evaluate`, apart from the methods: those take seconds to import."""

import argparse
import math
from pathlib import Path


def finite(text: str) -> float:
    """A number that is one. Raises ValueError."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def add_arguments(order: argparse.ArgumentParser) -> None:
    """The options of `evaluate`."""
    order.add_argument("file", type=Path, nargs="?", help="CSV or XLSX file with a header row")
    order.add_argument("--check", type=Path, metavar="FOLDER",
                       help="compare with FOLDER/reference.json instead")  # fmt: skip
    order.add_argument("--leave-out", default="", metavar="A,B", help="columns that are no items")
    order.add_argument("--key", default="", help="items: the right options, one letter each or A,B")
    order.add_argument("--group", help="items: column of the groups of a DIF analysis")
    order.add_argument("--focal", help="items: the value of --group that is studied")
    order.add_argument("--purify", action="store_true",
                       help="items: match on items that function alike only")  # fmt: skip
    order.add_argument("--model", choices=["rasch", "2pl"], help="items: also fit this IRT model")
    order.add_argument("--line", type=finite, help="items: share misclassified at this total")
    order.add_argument("--school", help="value-added: column of the school")
    order.add_argument("--outcome", help="value-added: column of the later mark")
    order.add_argument("--prior", help="value-added: column of the prior mark")
    order.add_argument("--sums", action="store_true",
                       help="value-added: the rows are schools with columns school, n, sum_x, "
                            "sum_y, sum_xx, sum_xy, sum_yy (x prior, y later)")  # fmt: skip
    order.add_argument("--progress", action="store_true",
                       help="value-added: progress by prior group instead")  # fmt: skip
    order.add_argument("--slope", action="store_true", help="value-added: test random slopes too")
    order.add_argument("--ml", action="store_true", help="value-added: ML instead of REML")
    order.add_argument("--form-x", help="equating: column of form X (scores, or counts)")
    order.add_argument("--form-y", help="equating: column of form Y")
    order.add_argument("--scale", help="equating: column of the scores when X and Y are counts")
    order.add_argument("--how", choices=["mean", "linear", "equipercentile"],
                       default="equipercentile", help="equating: the method")  # fmt: skip
    order.add_argument("--smooth", type=int, metavar="DEGREE", help="equating: presmoothing")
    order.add_argument("--write", type=Path, metavar="OUT",
                       help="write .json (everything) or .csv (the rows)")  # fmt: skip
