"""The group's main job, end to end: the running API is driven over HTTP as the people would.

Nothing is faked: whatever is printed, the API computed. `schoolgroup demo` uses embedded stores in
a temporary folder, or the services named in the settings; each run founds a group of its own.
"""

import secrets
import tempfile
from pathlib import Path

import httpx
from rich.console import Console

from schoolgroup.access.bundles import shipped_policy
from schoolgroup.access.passwords import hash_password
from schoolgroup.demo import chapters, chapters_exam, chapters_together, roster
from schoolgroup.demo.stage import FOUNDER, Stage
from schoolgroup.demo.visitor import WAIT_S
from schoolgroup.directory.service import found_group
from schoolgroup.kernel.pace import UNHURRIED
from schoolgroup.kernel.settings import Settings
from schoolgroup.resources.curriculum.service import plant_starter
from schoolgroup.running import installation, names_services, wait_for_signal, working
from schoolgroup.services import open_services
from schoolgroup.serving import serving

CHAPTERS = (
    (
        "group",
        "The group: 35 schools, their people, a circle, an agreement",
        chapters.found_the_group,
    ),
    ("lesson", "A teacher deposits and publishes a lesson (资源共享)", chapters.deposit_the_lesson),
    ("lending", "Other schools borrow it", chapters.lend_the_lesson),
    ("exam", "A joint exam of the graduating grade (评价一体)", chapters_exam.run_the_exam),
    ("return", "The office opens a return (管理协同)", chapters.collect_the_return),
    (
        "together",
        "Measures, ledger, rounds, bulletins (管理协同)",
        chapters_together.run_together,
    ),
    ("trail", "What the group can prove", chapters.verify_the_trail),
)


async def tell_story(*, stay: bool, exam: bytes | None, port: int) -> int:
    """Play the demo; with `stay` keep serving afterwards. Answers 0, raises DemoFailed."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="schoolgroup-demo-") as name:
        folder = Path(name)
        data = None if names_services() else folder / "data"
        async with (
            installation(data, {**UNHURRIED, "port": port}, durable=False) as settings,
            working(settings),
            serving(settings) as address,
            httpx.AsyncClient(base_url=address, timeout=WAIT_S) as http,
        ):
            console.print(f"The API is up at {address} (docs: {address}/docs)", highlight=False)
            stage = Stage(http, console, folder, f"demo-{secrets.token_hex(4)}")
            stage.made["exam responses"] = exam
            await found(settings, stage)
            for short, title, chapter in CHAPTERS:
                await stage.play(short, title, chapter)
            stage.print_table()
            if stay:
                show_logins(stage, address)
                await wait_for_signal()
    return 0


async def found(settings: Settings, stage: Stage) -> None:
    """The operator's part: found both groups and give each first administrator a password."""
    async with open_services(settings) as services:
        bundle = shipped_policy(settings.policies)
        for code, name in (
            (stage.group, roster.GROUP_NAME),
            (stage.other_group, roster.NEIGHBOUR_NAME),
        ):
            first = secrets.token_urlsafe(12)
            hashed = await hash_password(first)
            await found_group(
                services.db, code, name, FOUNDER, "集团建立人", hashed, bundle.texts,
                also=[plant_starter],
            )  # fmt: skip
            await stage.sign_in(FOUNDER, code, first)


def show_logins(stage: Stage, address: str) -> None:
    """Where to look and whom to be, for as long as the demo stays up."""
    stage.console.print(f"\nAPI docs: {address}/docs   sign in by POST /v1/sessions as one of:")
    for group, username, password in stage.logins:
        stage.console.print(f"  {group}  {username:<18} {password}", highlight=False)
    stage.console.print("Ctrl-C ends it.")
