"""`python -m tools.faults`: break everything at random, print what held; 1 where it did not."""

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.faults import special
from tools.faults.run import Found, kill_at_random


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults")
    parser.add_argument("--seconds", type=float, default=60, help="of load while parts are killed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="one run each")
    parser.add_argument("--only", nargs="+", choices=["kills", *special.SCENARIOS],
                        help="these alone (default: all)")  # fmt: skip
    return parser.parse_args()


async def main(asked: argparse.Namespace) -> int:
    """Run what is asked for; how many things did not hold."""
    logging.disable(logging.ERROR)  # what the script's own pool says of a database that is away
    console, wrong = Console(width=140), 0
    only = asked.only or ["kills", *special.SCENARIOS]
    if "kills" in only:
        for seed in asked.seeds:
            with tempfile.TemporaryDirectory(prefix="schoolgroup-faults-") as folder:
                found = await kill_at_random(Path(folder), seed, asked.seconds)
            console.print(table_of(seed, found))
            wrong += len(found.wrong)
    for name, scenario in special.SCENARIOS.items():
        if name not in only:
            continue
        with tempfile.TemporaryDirectory(prefix="schoolgroup-faults-") as folder:
            shown = await scenario(Path(folder), asked.seeds[0])
        table = Table("what", "figure", title=name)
        for what, figure in shown.figures:
            table.add_row(what, figure)
        for what in shown.wrong:
            table.add_row("[red]wrong", what)
        console.print(table)
        wrong += len(shown.wrong)
    return int(wrong > 0)


def table_of(seed: int, found: Found) -> Table:
    """One run as a table."""
    table = Table("what", "figure", title=f"killed at random, seed {seed}")
    table.add_row("seconds of load", f"{found.seconds:.0f}")
    for name, times in sorted(found.killed.items()):
        table.add_row(f"kill -9 {name}", str(times))
    for name, count in found.acknowledged.items():
        table.add_row(f"acknowledged: {name}", str(count))
    table.add_row("attempts broken off", str(found.broken))
    table.add_row("attempts told to come again", str(found.refused))
    table.add_row("answers given a second time", str(found.replayed))
    table.add_row("looks at what is lent at that moment", str(found.looks))
    table.add_row("answer p50, p99", f"{found.p50_ms:.0f} ms, {found.p99_ms:.0f} ms")
    table.add_row("longest time without any answer", f"{found.silence_s:.1f} s")
    table.add_row("audit entries verified", str(found.entries))
    table.add_row("lost, twice, over-lent, unforeseen", str(len(found.wrong)))
    for what in found.wrong[:20]:
        table.add_row("[red]wrong", what)
    return table


if __name__ == "__main__":
    sys.exit(asyncio.run(main(arguments())))
