"""One run of kills as a table."""

from collections.abc import Iterable

from rich.table import Table

from tools.faults.run import Found, Kill


def rows_of(found: Found) -> list[tuple[str, str]]:
    """What there was to see, line by line."""
    answers = sum(found.acknowledged.values())
    rows = [
        ("seconds of load", f"{found.seconds:.0f}"),
        ("answered", f"{answers:,}, {answers / found.seconds:.0f}/s"),
        ("answer p50, p99", f"{found.p50_ms:.0f} ms, {found.p99_ms:.0f} ms"),
        *((f"  {name}", f"{count:,}") for name, count in found.acknowledged.items()),
        ("attempts broken off", f"{found.broken:,}"),
        ("attempts told to come again", f"{found.refused:,}"),
        ("answers given a second time", f"{found.replayed:,}"),
        ("looks at what is lent at that moment", f"{found.looks:,}"),
    ]
    for name in sorted({kill.name for kill in found.kills}):
        rows.append((f"kill -9 {name}", told(kill for kill in found.kills if kill.name == name)))
    rows += [
        ("longest time without any answer", f"{found.silence_s:.1f} s"),
        ("audit entries verified", f"{found.entries:,}"),
        ("lost, twice, over-lent, unforeseen", str(len(found.wrong))),
        *(("[red]wrong", what) for what in found.wrong[:20]),
    ]
    return rows


def told(kills: Iterable[Kill]) -> str:
    """How often a part was killed, how fast it was back, and how long nobody was answered."""
    some = list(kills)
    ready = sorted(kill.ready_s for kill in some)
    silent = max(kill.silence_s for kill in some)
    away = max(kill.away_s for kill in some)
    return (
        f"{len(some)} times; away {away:.1f} s at most, then ready in {ready[0]:.1f}"
        f" to {ready[-1]:.1f} s; silence {silent:.1f} s"
    )


def table_of(seed: int, found: Found) -> Table:
    """One run as a table."""
    table = Table("what", "figure", title=f"killed at random, seed {seed}")
    for what, figure in rows_of(found):
        table.add_row(what, figure)
    return table
