"""What the chapters of the demo share: the people, what was made, and the figures of the end."""

import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
from rich.console import Console
from rich.table import Table

from schoolgroup.demo import roster
from schoolgroup.demo.roster import Part
from schoolgroup.demo.visitor import DemoFailed, Visitor

FOUNDER = "founder"  # the first administrator of a group, made by the operator


class Step(msgspec.Struct, frozen=True):
    """One chapter: what happened, its figures as the API computed them, and how long it took."""

    short: str
    figures: list[tuple[str, str]]
    took_s: float


class Stage:
    """The running demo: one API, the people signed in, and the steps so far."""

    def __init__(self, http: httpx.AsyncClient, console: Console, folder: Path, group: str) -> None:
        self.http = http
        self.console = console
        self.folder = folder
        self.group = group
        self.nobody = Visitor(http, "nobody")
        self.people: dict[str, Visitor] = {}
        self.founders: dict[str, Visitor] = {}
        self.logins: list[tuple[str, str, str]] = []
        self.schools: dict[str, Any] = {}
        self.made: dict[str, Any] = {}
        self.steps: list[Step] = []
        self.figures: list[tuple[str, str]] = []

    def __getitem__(self, part: Part) -> Visitor:
        """Who plays the part, signed in."""
        return self.people[roster.DEMO_PEOPLE[part]]

    def school_of(self, part: Part) -> Any:
        """The school of who plays the part, as the API shows it."""
        return self.schools[roster.person(part).school_code]

    def tell(self, text: str) -> None:
        """One line of the story."""
        self.console.print(f"    {text}", highlight=False, markup=False)

    def figure(self, name: str, value: object) -> None:
        """A figure for the table at the end; the API computed it."""
        self.figures.append((name, str(value)))

    async def play(
        self, short: str, title: str, chapter: Callable[["Stage"], Awaitable[None]]
    ) -> None:
        """Play one chapter and time it."""
        self.console.print(f"[bold]{len(self.steps) + 1}. {title}[/bold]")
        self.figures = []
        began = time.perf_counter()
        with self.console.status("…"):
            await chapter(self)
        took = time.perf_counter() - began
        self.steps.append(Step(short, self.figures, took))
        self.console.print(f"    [dim]{took:.1f} s[/dim]")

    @property
    def other_group(self) -> str:
        """The code of the neighbouring group on the same server."""
        return f"{self.group}-2"

    async def sign_in(self, username: str, group: str, first: str) -> Visitor:
        """First login with a password somebody else gave: the person chooses an own one."""
        own = secrets.token_urlsafe(12)
        answer = await self.nobody.post(
            "/v1/sessions",
            {"group": group, "username": username, "password": first, "new_password": own},
        )
        self.logins.append((group, username, own))
        visitor = Visitor(self.http, username, answer["access_token"])
        if username == FOUNDER:
            self.founders[group] = visitor
        else:
            self.people[username] = visitor
        return visitor

    def print_table(self) -> None:
        """What happened, with the figures the API computed from the database."""
        table = Table(title="What happened (集团的一天)", title_justify="left")
        table.add_column("step")
        table.add_column("figure")
        table.add_column("value", justify="right", overflow="fold")
        table.add_column("s", justify="right")
        for step in self.steps:
            for number, (name, value) in enumerate(step.figures):
                first = number == 0
                table.add_row(
                    step.short if first else "",
                    name,
                    value,
                    f"{step.took_s:.1f}" if first else "",
                    end_section=number == len(step.figures) - 1,
                )
        self.console.print(table)


def expect(truth: object, what: str) -> None:
    """Raise DemoFailed unless the story went as it must."""
    if not truth:
        raise DemoFailed(f"the story went wrong: {what}")
