"""`python -m bench [NAME ...]`: measure and print; exit 1 when a figure misses its bar."""

import asyncio
import importlib
import pkgutil
import sys

from rich.console import Console
from rich.table import Table

import bench


async def main(names: list[str]) -> int:
    """Run the named modules, all by default; 1 when a figure misses its bar."""
    found = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name[0] != "_")
    missed = 0
    for name in names or found:
        found_ = await importlib.import_module(f"bench.{name}").measure()
        if isinstance(found_, bench.Board):
            table = Table(*found_.columns, title=found_.title)
            for line in found_.rows:
                table.add_row(*line)
            Console(width=160).print(table)
            missed += found_.missed
            continue
        rows: list[bench.Row] = found_
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


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
