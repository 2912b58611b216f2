"""`make audit`: secrets, dependencies, the time of a sign-in, and one school against another.

    python -m tools.audit [secrets] [dependencies] [timing] [objects] [--offline] [--examples N]

Each part says what it looked at. `dependencies` asks a public service about known weaknesses of
the locked versions (pip-audit) and fails where it cannot be reached; `--offline` leaves it out by
name. `objects` draws requests with schemathesis for every operation and role of two other schools
and holds the answers against the policy.
"""

import argparse
import asyncio
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as bounded
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from bench._ground import Ground, ground
from schoolgroup.access.passwords import hash_password
from schoolgroup.documentation import list_routes
from tests.access.other_school import Door, address, denied, doors, strangers
from tests.populate import Group, populate
from tools import secret_scan
from tools.dependencies import read_report

ROOT = Path(__file__).parent.parent
ROLES = {
    "integrated": ("teacher", "lead", "librarian", "school_admin", "principal"),
    "partner": ("teacher", "school_admin", "principal"),
}
SIGN_INS = 60
TIMING_APART_MAX = 0.10  # of the median; a sign-in takes about 30 ms of argon2
SEED = 20260901


def say(text: str) -> None:
    """One line of the report."""
    print(text, flush=True)  # noqa: T201 - a command


def audit_dependencies() -> bool:
    """Known weaknesses of exactly the locked versions."""
    program = shutil.which("pip-audit", path=str(Path(sys.executable).parent)) or shutil.which(
        "pip-audit"
    )
    if program is None:
        say("dependencies: NOT CHECKED, pip-audit is not installed (pip install pip-audit)")
        return False
    done = subprocess.run(
        [program, "--requirement", "requirements.lock", "--require-hashes", "--disable-pip",
         "--format", "json", "--progress-spinner", "off"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    try:
        looked = read_report(done.stdout)
    except msgspec.MsgspecError:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-3:]
        say("dependencies: NOT CHECKED, the list cannot be reached\n  " + "\n  ".join(last))
        return False
    say(f"dependencies: {looked.told}")
    return looked.good


async def audit_timing() -> bool:
    """Whether the time of a refusal tells an unknown name from a wrong password."""
    async with ground(login_failures_max=1000) as at:
        person = await at.world.person(await at.world.school("一中"), "teacher", "wang.fang")
        await at.sql.execute(
            """INSERT INTO person_credential (group_id, person_id, password_hash, updated_at)
               VALUES ($1, $2, $3, now())""",
            person.group_id, person.id, await hash_password("several words of mine"),
        )  # fmt: skip
        took: dict[str, list[float]] = {"wang.fang": [], "no.body": []}
        names = [name for name in took for _ in range(SIGN_INS)]
        random.Random(SEED).shuffle(names)
        async with client_of(at) as http:
            for name in ["wang.fang", "no.body", *names]:
                began = time.perf_counter()
                answer = await http.post("/v1/sessions", json={"username": name, "password": "x"})
                if answer.status_code != 401:
                    raise AssertionError(answer.text)
                took[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(each[1:]) * 1000 for name, each in took.items()}
    known, unknown = medians["wang.fang"], medians["no.body"]
    apart = abs(known - unknown) / known
    say(
        f"timing: wrong password {known:.1f} ms, unknown name {unknown:.1f} ms"
        f" (medians of {SIGN_INS}), {apart:.1%} apart, {TIMING_APART_MAX:.0%} allowed"
    )
    return apart <= TIMING_APART_MAX


async def audit_objects(examples: int) -> bool:
    """Every operation on a thing of one school, drawn, in the name of another school's people."""
    faults: list[str] = []
    counted = {"against the policy": 0, "with it": 0}
    async with ground() as at, client_of(at) as http:
        group = await populate(http, at.world, at.services)
        document = (await http.get("/openapi.json")).json()
        found = schemathesis.openapi.from_dict(document).get_all_operations()
        by_name = {
            one.ok().definition.raw.get("operationId"): one.ok()
            for one in found
            if isinstance(one, Ok)
        }
        walked = doors(list_routes(at.app))
        people = await strangers(at.world, ROLES)
        for door in walked:
            wishes = drawn(by_name[door.route.name], examples)
            for who in people:
                no, changed = False, True
                for wish in [{"body": group.bodies.get(door.route.name, {})}, *wishes]:
                    if changed:  # what was done may have made them nearer
                        no = await denied(at.services, who, door, group.ids)
                    counted["against the policy" if no else "with it"] += 1
                    answer = await send(http, who.headers, door, group, wish)
                    changed = answer.status_code < 400
                    if answer.status_code >= 500 or (no and changed):
                        faults.append(
                            f"{who.role}: {door.route.method} {door.route.path}"
                            f" {answer.status_code} {answer.text[:200]}"
                        )
    say(
        f"objects: {len(walked)} operations, {sum(map(len, ROLES.values()))} people of two other"
        f" schools, {counted['against the policy']} requests against the policy,"
        f" {counted['with it']} with it: {len(faults)} faults"
    )
    for fault in faults[:40]:
        say(f"  {fault}")
    return not faults


def drawn(operation: Any, count: int) -> list[dict[str, Any]]:
    """Bodies and queries that fit the description of an operation."""
    wishes: list[dict[str, Any]] = []

    @seed(SEED)
    @bounded(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def collect(case: Any) -> None:
        body = case.body if isinstance(case.body, dict | list) else {}
        wishes.append({"body": body, "query": dict(case.query or {})})

    if count:
        collect()
    return wishes[:count]


async def send(
    http: httpx.AsyncClient,
    headers: dict[str, str],
    door: Door,
    group: Group,
    wish: dict[str, Any],
) -> httpx.Response:
    """One drawn request about a thing that exists."""
    method = door.route.method
    more = {"If-Match": '"1"'} if method in ("PUT", "PATCH", "DELETE") else {}
    body = {"json": wish["body"]} if method in ("POST", "PUT", "PATCH") else {}
    return await http.request(
        method,
        address(door.route, group.ids),
        params=wish.get("query"),
        headers={**headers, **more},
        **body,
    )


def client_of(at: Ground) -> httpx.AsyncClient:
    """A client that speaks to the application."""
    app: Any = at.app
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://audit", timeout=60)


def main() -> int:
    """Run the parts that are asked for, all by default; 1 where any fails."""
    parser = argparse.ArgumentParser(prog="audit", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--offline", action="store_true", help="leave the dependencies out")
    parser.add_argument("--examples", type=int, default=3, help="drawn requests an operation")
    asked = parser.parse_args()
    known = ("secrets", "dependencies", "timing", "objects")
    if unknown := set(asked.parts) - set(known):
        parser.error(f"no such part: {', '.join(unknown)}; there are: {', '.join(known)}")
    good = True
    for part in asked.parts or known:
        if part == "secrets":
            good &= secret_scan.main() == 0
        elif part == "dependencies" and asked.offline:
            say("dependencies: left out, as asked (--offline)")
        elif part == "dependencies":
            good &= audit_dependencies()
        elif part == "timing":
            good &= asyncio.run(audit_timing())
        else:
            good &= asyncio.run(audit_objects(asked.examples))
    say("audit: " + ("nothing found" if good else "FAILED"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
