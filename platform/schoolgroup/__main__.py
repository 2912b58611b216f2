"""The command line: `schoolgroup up | serve | work | migrate | demo | group | jobs | …`."""

import argparse
import asyncio
import getpass
import importlib
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from schoolgroup.backup import BackupRefused
from schoolgroup.client.commands.arguments import ORDERS, add_orders
from schoolgroup.commands import CommandFailed
from schoolgroup.evaluation.arguments import add_arguments
from schoolgroup.kernel.bootstrap import MigrationFailed
from schoolgroup.kernel.errors import Refusal
from schoolgroup.kernel.observe.traces import TracesRefused
from schoolgroup.kernel.settings import SettingsRefused
from schoolgroup.kernel.starting import uncollected
from schoolgroup.kernel.stores_common import StoreError

LASTING = frozenset({"up", "serve", "work", "demo"})
DATA = Path(".schoolgroup")
FAILURES = (
    SettingsRefused,
    StoreError,
    MigrationFailed,
    CommandFailed,
    BackupRefused,
    TracesRefused,
)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = argparse.ArgumentParser(
        prog="schoolgroup",
        description="One multi-tenant API for an education group (教育集团).",
        epilog="Settings come from SCHOOLGROUP_… and one optional TOML file: see `check`.",
    )
    orders = parser.add_subparsers(dest="order", required=True)

    up = orders.add_parser("up", help="serve a persistent instance (embedded stores by default)")
    up.add_argument("--data", type=Path, default=DATA, help=f"data directory (default {DATA})")
    up.add_argument("--port", type=int, help="port to listen on (default: the setting)")
    up.add_argument("--host", help="address to listen on (default: the setting)")

    orders.add_parser("serve", help="serve with given services; changes no schema")
    orders.add_parser("work", help="do jobs with given services: previews, notices, schedules")
    orders.add_parser("migrate", help="bring the given database to the newest schema")
    orders.add_parser("check", help="print the effective settings, secrets hidden")

    doctor = orders.add_parser("doctor", help="look whether a running installation is in order")
    doctor.add_argument("--json", action="store_true", help="findings as JSON")
    doctor.add_argument("--backups", type=Path, help="the folder of `backup`, to see how old it is")

    demo = orders.add_parser("demo", help="the group's main job, end to end, on real input")
    demo.add_argument("--serve", action="store_true", help="stay up afterwards")
    demo.add_argument("--exam", type=Path, help="a larger file of item responses (CSV)")
    demo.add_argument("--port", type=int, default=0, help="port (default: any free one)")

    group = orders.add_parser("group", help="found a group")
    group.add_argument("code", help="short name in addresses and logins, like chaoyang")
    group.add_argument("name", help="full name")
    group.add_argument("--admin", required=True, help="username of its first administrator")
    group.add_argument("--admin-name", default="", help="name of that person")
    group.add_argument("--data", type=Path, help="data directory of embedded stores")

    audit = orders.add_parser("audit", help="verify the audit trail's hash chains")
    audit.add_argument("what", choices=["verify"])
    audit.add_argument("--group", help="only this group (its code)")
    audit.add_argument("--data", type=Path, help="data directory of embedded stores")

    draw = orders.add_parser("draw", help="draw a published draw of spot checks again")
    draw.add_argument("file", type=Path, help="the draw as GET /v1/draws/{id} answers it")

    tidy = orders.add_parser("tidy", help="give back what abandoned and unused uploads hold")
    tidy.add_argument("--group", help="only this group (its code)")
    tidy.add_argument("--data", type=Path, help="data directory of embedded stores")

    backup = orders.add_parser("backup", help="copy database and objects into a folder")
    backup.add_argument("folder", type=Path, help="where backups are kept; objects only once")
    backup.add_argument("--data", type=Path, help="data directory of embedded stores")
    restore = orders.add_parser("restore", help="fill an empty installation from a backup")
    restore.add_argument("folder", type=Path, help="where backups are kept")
    restore.add_argument("--which", help="name of one of them (default: the newest)")
    restore.add_argument("--data", type=Path, help="data directory of embedded stores")

    notices = orders.add_parser("notices", help="tell people what is due, by inbox and mail")
    notices.add_argument("what", choices=["send"])
    notices.add_argument("--group", help="only this group (its code)")
    notices.add_argument("--data", type=Path, help="data directory of embedded stores")

    jobs = orders.add_parser("jobs", help="see the jobs of workers, ask again for failed ones")
    jobs.add_argument("what", choices=["list", "retry"])
    jobs.add_argument("--group", help="only this group (its code)")
    jobs.add_argument("--status", choices=["waiting", "done", "failed"], default="failed")
    jobs.add_argument("--id", help="retry: only this job")
    jobs.add_argument("--data", type=Path, help="data directory of embedded stores")

    keys = orders.add_parser("keys", help="the keys that sign access tokens")
    keys.add_argument("what", choices=["list", "rotate"])
    keys.add_argument("--at-once", action="store_true", help="rotate: end all others' tokens now")
    keys.add_argument("--data", type=Path, help="data directory of embedded stores")

    policy = orders.add_parser("policy", help="check the policy files, print the matrix")
    policy.add_argument("what", choices=["lint", "matrix", "publish"])
    policy.add_argument("--folder", type=Path, help="the policy folder (default: the shipped one)")
    policy.add_argument("--group", help="publish: put the folder's policy in force for it (code)")
    policy.add_argument("--data", type=Path, help="data directory of embedded stores")
    policy.add_argument("--write", action="store_true", help="matrix: write matrix.md there")

    routes = orders.add_parser("routes", help="every route and the right it takes")
    routes.add_argument("--write", action="store_true", help="write docs/routes.md")

    client = orders.add_parser("client", help="compare the generated client with the API")
    client.add_argument("--write", action="store_true", help="write it anew")

    orders.add_parser("openapi", help="the API description (OpenAPI 3.1) as JSON")

    schema = orders.add_parser("schema", help="the schema all migrations together make")
    schema.add_argument("--write", action="store_true", help="write migrations/schema.sql")

    evaluate = orders.add_parser(
        "evaluate", help="the methods of evaluation on a plain CSV file, or against references"
    )
    add_arguments(evaluate)

    verify = orders.add_parser(
        "verify", help="work a release out anew and compare every published figure"
    )
    verify.add_argument("release", type=UUID, nargs="?", help="id of the release")
    verify.add_argument("--export", type=Path, nargs="+", default=[], metavar="FILE",
                        help="without a server: a school's export, and its own score sheets "
                        "named after their subjects")  # fmt: skip
    verify.add_argument("--all", action="store_true", help="print equal figures too")
    verify.add_argument("--data", type=Path, help="data directory of embedded stores")
    add_orders(orders)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused (the reason is printed), 2 wrong usage."""
    asked = build_parser().parse_args(arguments)
    if asked.order in ORDERS:  # a user's command: nothing of the server is imported
        code: int = importlib.import_module("schoolgroup.client.commands.orders").run(asked)
        return code
    try:
        return run(carry_out(asked), for_long=asked.order in LASTING)
    except FAILURES as refused:
        print(f"schoolgroup: {refused}", file=sys.stderr)  # noqa: T201 - the command's own answer
    except Refusal as refused:
        why = str(refused) or refused.__doc__
        print(f"schoolgroup: {refused.code}: {why} {refused.remedy_now.en}", file=sys.stderr)  # noqa: T201
    except KeyboardInterrupt:
        return 130
    return 1


def run(work: Coroutine[Any, Any, int], *, for_long: bool) -> int:
    """Run a command; one that lasts on uvloop, which takes less of the processor for a request."""
    if not for_long or sys.platform == "win32":
        return asyncio.run(work)
    import uvloop  # 20 ms that a short command need not wait for

    return uvloop.run(work)


# Which module of `commands` carries out an order; it is imported only then.
MODULES = {
    "up": "serving", "serve": "serving", "demo": "serving",
    "check": "describing", "policy": "describing", "routes": "routing",
    "openapi": "routing", "client": "routing", "evaluate": "evaluating",
    "verify": "verifying", "draw": "drawing", "backup": "keeping", "restore": "keeping",
    "doctor": "doctoring",
}  # fmt: skip


async def carry_out(asked: argparse.Namespace) -> int:
    """Hand the command to what does it."""
    name = MODULES.get(asked.order, "operating")
    if asked.order == "policy" and asked.what == "publish":
        name = "operating"
    with uncollected():
        commands = importlib.import_module(f"schoolgroup.commands.{name}")
    code: int = await hand_over(commands, asked)
    return code


async def hand_over(commands: Any, asked: argparse.Namespace) -> Any:
    """Call the one function of the module, with what was given."""
    match asked.order:
        case "up":
            given = {k: v for k in ("host", "port") if (v := getattr(asked, k)) is not None}
            return await commands.up(asked.data, **given)
        case "serve":
            return await commands.serve()
        case "work":
            return await commands.work()
        case "migrate":
            return await commands.migrate()
        case "check":
            return commands.check()
        case "doctor":
            return await commands.doctor(asked.backups, as_json=asked.json)
        case "demo":
            return await commands.demo(serve=asked.serve, exam=asked.exam, port=asked.port)
        case "group":
            password = ask_password("Password of the first administrator: ")
            return await commands.found_group(
                asked.data, asked.code, asked.name, asked.admin, asked.admin_name, password
            )
        case "audit":
            return await commands.verify_audit(asked.data, asked.group)
        case "draw":
            return commands.draw(asked.file)
        case "tidy":
            return await commands.tidy(asked.data, asked.group)
        case "backup":
            return await commands.backup(asked.data, asked.folder)
        case "restore":
            return await commands.restore(asked.data, asked.folder, asked.which)
        case "notices":
            return await commands.send_notices(asked.data, asked.group)
        case "jobs":
            return await commands.jobs(asked.data, asked.what, asked.group, asked.status, asked.id)
        case "keys":
            return await commands.keys(asked.data, asked.what, at_once=asked.at_once)
        case "evaluate":
            return commands.evaluate(asked)
        case "verify":
            return await commands.verify(
                asked.data, asked.release, asked.export, everything=asked.all
            )
        case "policy" if asked.what == "publish":
            return await commands.publish_policy(asked.data, asked.group, asked.folder)
        case "policy":
            return commands.policy(asked.what, asked.folder, write=asked.write)
        case "routes":
            return commands.routes(write=asked.write)
        case "openapi":
            return commands.openapi()
        case "client":
            return commands.client(write=asked.write)
        case _:
            return await commands.schema(write=asked.write)


def ask_password(prompt: str) -> str:
    """A password typed unseen, or the first line of what is piped in."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\n")


if __name__ == "__main__":
    sys.exit(main())
