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
from tools.faults.run import kill_at_random
from tools.faults.shown import table_of


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


if __name__ == "__main__":
    sys.exit(asyncio.run(main(arguments())))
