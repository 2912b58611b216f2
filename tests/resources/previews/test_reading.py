"""Files made to harm: each fails its own job with a word why, and the worker goes on."""

import ast
import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from schoolgroup.kernel import sandbox
from schoolgroup.kernel.sandbox import MIB, Limits
from schoolgroup.resources.previews import reading
from schoolgroup.resources.previews.models import SourceFile
from schoolgroup.resources.previews.reading import LIMITS
from tests.resources.previews import files
from tests.resources.previews.shelf import draft, previews, work
from tests.waiting import until

QUICK = Limits(seconds=20.0, cpu_seconds=1, memory_bytes=1024 * MIB, file_bytes=16 * MIB)


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


async def test_what_cannot_be_read_says_why_and_fails_its_job_alone(
    http, teacher, services, sql, world
):
    whole = files.pdf(["Pythagoras"] * 3)
    bad = [
        ("密码.pdf", files.pdf(["x"], password="geheim"), "encrypted"),
        ("断.pdf", whole[: len(whole) // 3], "damaged"),
        ("假.png", files.huge_png(), "too_large"),
        ("弹.docx", files.bomb(), "too_large"),
        ("笑.docx", files.laughing_document(), "damaged"),
    ]
    lesson = await draft(
        http, teacher, *[(name, content) for name, content, _ in bad], ("好.pdf", whole)
    )
    await draft(http, teacher, ("另.txt", "另一份".encode()))
    worker = await work(services)
    assert (worker.done, worker.failed) == (1, 1)
    seen = await previews(http, teacher, lesson)
    assert [file["because"] for file in seen["files"]] == [why for *_, why in bad] + [None]
    assert [file["state"] for file in seen["files"]] == ["failed"] * len(bad) + ["ready"]
    assert (seen["state"], seen["text"]) == ("ready", "ready"), "the good one is there"
    because = await sql.fetchval("SELECT failed_because FROM job WHERE status = 'failed'")
    assert because == "; ".join(f"file {no}: {why}" for no, (*_, why) in enumerate(bad, 1))


async def read(services, content: bytes, media_type: str, limits: Limits, program: str = ""):
    """One file of the store, read within limits."""
    key = "reading/x"
    await services.storage.put(key, content, media_type)
    file = SourceFile(1, "x", UUID(int=1), media_type, key, len(content), None)
    return await reading.read_file(
        services.storage, file, pictures=True, limits=limits, office_program=program
    )


async def test_a_page_that_never_ends_is_ended(services):
    made, pictures = await read(services, files.endless_pdf(), files.PDF, QUICK)
    assert (made.because, pictures) == ("too_slow", [])


async def test_more_memory_than_granted_is_not_had(services):
    wide = files.wide_png()
    small = Limits(seconds=20.0, memory_bytes=120 * MIB)
    made, _ = await read(services, wide, "image/png", small)
    assert made.because == "too_much_memory"
    enough, pictures = await read(services, wide, "image/png", LIMITS)
    assert enough.because is None
    assert len(pictures) == 2


async def test_a_picture_is_turned_upright_and_keeps_no_metadata(services):
    made, pictures = await read(services, files.photo(), "image/jpeg", LIMITS)
    assert made.form == "picture"
    assert (pictures[0].width_px, pictures[0].height_px) == (853, 1280)
    for picture in pictures:
        assert b"school gate" not in picture.content
        assert b"EXIF" not in picture.content


LOOKS_AROUND = """
import os, socket
def tried(what):
    try:
        what()
        return "done"
    except OSError:
        return "refused"
def main(arguments):
    told, port, secret = arguments
    outcomes = [
        tried(lambda: socket.create_connection(("127.0.0.1", int(port)), timeout=1)),
        tried(lambda: open(secret).read()),
        tried(lambda: open(secret, "w")),
        tried(lambda: os.listdir("/etc")),
        tried(lambda: open("mine", "w").write("x")),
    ]
    open(told, "w").write(repr((outcomes, dict(os.environ))))
"""


async def test_the_child_is_told_no_secret_and_sees_no_network_and_no_files(tmp_path, monkeypatch):
    monkeypatch.setenv("SCHOOLGROUP_SECRET", "a secret of the installation")
    code, folder, secret = tmp_path / "code", tmp_path / "folder", tmp_path / "secret"
    for each in (code, folder):
        each.mkdir()
    secret.write_text("another secret")
    (code / "looks_around.py").write_text(LOOKS_AROUND)
    monkeypatch.syspath_prepend(str(code))
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    arguments = [str(folder / "told"), str(port), str(secret)]
    await sandbox.run("looks_around", arguments, folder, Limits())
    server.close()
    outcomes, environment = ast.literal_eval((folder / "told").read_text())
    assert outcomes == ["refused", "refused", "refused", "refused", "done"]
    assert secret.read_text() == "another secret"
    assert not any("secret" in value for value in environment.values())


async def test_what_comes_out_of_the_child_is_not_believed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not for anyone")
    folder = tmp_path / "folder"
    folder.mkdir()
    page = '{"form":"pages","pages":[{"no":1,"file":"%s","width_px":9,"height_px":9}]}'
    result = folder / "result.json"
    for name in ("../secret", "page-1.webp", "page-2.webp", "page-3.webp"):
        result.write_text(page % name)
        (folder / "page-1.webp").unlink(missing_ok=True)
        (folder / "page-1.webp").symlink_to(secret)
        (folder / "page-2.webp").write_bytes(b"<html>")
        made, pictures = reading._collect(folder)
        assert (made.because, pictures) == ("crashed", []), name
    result.unlink()
    result.symlink_to(secret)
    assert reading._collect(folder)[0].because == "crashed"


SLEEPER = """
import subprocess, sys, time
def main(arguments):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    open(arguments[0], "w").write("up")
    time.sleep(60)
"""


async def test_when_the_worker_is_killed_so_is_the_reader(tmp_path):
    """And what the reader started, when the reading is over in an ordinary way."""
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    up = tmp_path / "up"
    code = (
        "import asyncio, sys; from pathlib import Path; from schoolgroup.kernel import sandbox;"
        f"sys.path.append({str(tmp_path)!r});"
        f"asyncio.run(sandbox.run('sleeper', [{str(up)!r}], Path({str(tmp_path)!r}),"
        " sandbox.Limits()))"
    )
    root = Path(__file__).parent.parent.parent.parent
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env={**os.environ, "PYTHONPATH": str(root / "platform")}
    )

    async def is_up() -> bool:
        return up.exists()

    await until(is_up)
    (reader,) = psutil.Process(worker.pid).children()
    worker.send_signal(signal.SIGKILL)
    await worker.wait()

    async def is_gone() -> bool:
        return not psutil.pid_exists(reader.pid) or reader.status() == psutil.STATUS_ZOMBIE

    await until(is_gone)


async def test_what_a_reader_started_goes_with_it(tmp_path, monkeypatch):
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = {process.pid for process in psutil.process_iter()}
    with pytest.raises(sandbox.Failed, match="too_slow"):
        await sandbox.run("sleeper", [str(tmp_path / "up")], tmp_path, Limits(seconds=1.0))

    async def none_left() -> bool:
        left = [p for p in psutil.process_iter(["cmdline"]) if p.pid not in before]
        return not any("time.sleep(60)" in " ".join(p.info["cmdline"] or []) for p in left)

    await until(none_left)


async def test_an_office_program_draws_pages_where_there_is_one(services, tmp_path):
    """The program here stands in for LibreOffice, by its command line; the pages are real."""
    (tmp_path / "drawn.pdf").write_bytes(files.pdf(["one", "two"]))
    program = tmp_path / "soffice"
    program.write_text(
        "#!/bin/sh\n"
        'for last; do [ "$before" = --outdir ] && out="$last"; before="$last"; done\n'
        f'mkdir -p "$out" && cp {tmp_path}/drawn.pdf "$out/$(basename "$last").pdf"\n'
    )
    program.chmod(0o755)
    made, pictures = await read(services, files.slides(), files.PPTX, LIMITS, str(program))
    assert (made.form, made.page_count, len(pictures)) == ("pages", 2, 3)
    program.write_text("#!/bin/sh\nexit 1\n")
    made, _ = await read(services, files.slides(), files.PPTX, LIMITS, str(program))
    assert (made.form, made.page_count) == ("outline", 3), "its words can still be read"
    made, _ = await read(services, b"old", "application/msword", LIMITS, str(program))
    assert made.because == "damaged"
    made, _ = await read(services, b"old", "application/msword", LIMITS)
    assert (made.form, made.because) == (None, None), "nothing can be shown, and nothing is wrong"
