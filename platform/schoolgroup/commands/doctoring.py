"""The command that looks whether a running installation is in order."""

import asyncio
from pathlib import Path

import msgspec

from schoolgroup.commands import CommandFailed, say
from schoolgroup.doctor.around import (
    check_backups,
    check_certificate,
    check_disk,
    check_files,
    check_mail,
    check_scanner,
)
from schoolgroup.doctor.database import check_database
from schoolgroup.doctor.inside import check_inside
from schoolgroup.doctor.models import Finding, Verdict
from schoolgroup.doctor.store import check_store
from schoolgroup.kernel.settings import Settings, read_settings
from schoolgroup.services import open_services, storage_of

MARKS = {Verdict.OK: "ok  ", Verdict.WARN: "WARN", Verdict.FAIL: "FAIL"}


async def doctor(backups: Path | None, *, as_json: bool) -> int:
    """Look at everything; 0 in order (warnings included), 1 where something fails."""
    settings = read_settings()
    if not settings.database_url or not settings.s3_endpoint:
        raise CommandFailed("doctor looks at given services: set database_url and s3_endpoint")
    findings = await examine(settings, backups)
    if as_json:
        say(msgspec.json.encode(findings).decode())
    else:
        for finding in findings:
            say(f"{MARKS[finding.verdict]}  {finding.check}: {finding.why.en} / {finding.why.zh}")
            if finding.remedy.en:
                say(f"      {finding.remedy.en} / {finding.remedy.zh}")
    return int(any(finding.verdict is Verdict.FAIL for finding in findings))


async def examine(settings: Settings, backups: Path | None = None) -> list[Finding]:
    """Every check, in the order one would mend things."""
    database, store, certificate, scanner, mail, own = await asyncio.gather(
        check_database(settings),
        check_store(storage_of(settings)),
        check_certificate(settings),
        check_scanner(settings),
        check_mail(settings),
        asyncio.to_thread(lambda: [check_disk(), check_files(), check_backups(backups)]),
    )
    inside: list[Finding] = []
    if not any(finding.check == "database" for finding in database):
        small = msgspec.structs.replace(settings, database_pool_max=2)
        async with open_services(small, called="doctor") as services:
            inside = await check_inside(services)
    return [*database, *inside, *store, certificate, scanner, mail, *own]
