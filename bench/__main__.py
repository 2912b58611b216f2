"""`python -m bench [NAME ...]`: measure and print; exit 1 when a figure misses its bar.

On the event loop that serves (`schoolgroup serve`): uvloop.
"""

import importlib
import pkgutil
import sys

import uvloop
from rich.console import Console
from rich.table import Table

import bench


async def main(names: list[str]) -> int:
    """Run the named modules, all by default; 1 when a figure misses its bar."""
    found = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name[0] != "_")
    missed = 0
    for name in names or found:
        rows = await importlib.import_module(f"bench.{name}").measure()
        if isinstance(rows, bench.Board):
            missed += show(rows)
            continue
        table = Table("what", "ours", "beside", "theirs", "times", "at least", title=name)
        for row in rows:
            bar = f"{row.times_min:g}" if row.times_min else ""
            table.add_row(
                row.what,
                f"{row.ours:,.3g} {row.unit}",
                row.peer,
                f"{row.theirs:,.3g} {row.unit}",
                f"{row.times:,.1f}",
                bar if row.holds else f"[red]{bar} missed[/red]",
            )
            missed += not row.holds
        Console(width=140).print(table)
    return int(missed > 0)


def show(board: bench.Board) -> int:
    """Print a table of its own; how many bars it misses."""
    table = Table(*board.columns, title=board.title)
    for line in board.rows:
        table.add_row(*line)
    Console(width=170).print(table)
    return board.missed


if __name__ == "__main__":
    sys.exit(uvloop.run(main(sys.argv[1:])))
