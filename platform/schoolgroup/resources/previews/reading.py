"""Having one file read in a confined process, and judging what comes out of it."""

import asyncio
import hashlib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from schoolgroup.kernel import sandbox
from schoolgroup.kernel.object_files import ReadTooMuch
from schoolgroup.kernel.sandbox import MIB, Limits
from schoolgroup.kernel.storage import Missing, Storage
from schoolgroup.resources.previews.making import maker
from schoolgroup.resources.previews.making.made import (
    MEDIA_TYPE,
    PAGE_PX_MAX,
    PAGES_MAX,
    REQUEST,
    RESULT,
    SOURCE,
    Made,
    Request,
)
from schoolgroup.resources.previews.models import SourceFile

SOURCE_BYTES_MAX = 512 * MIB
RESULT_BYTES_MAX, PAGE_BYTES_MAX = 8 * MIB, 2 * MIB
MAKER = maker.__name__
LIMITS = Limits(seconds=90.0, cpu_seconds=60, memory_bytes=1024 * MIB, file_bytes=16 * MIB)
# An office program maps far more than it uses, and opens every font there is.
OFFICE_LIMITS = Limits(
    seconds=150.0, cpu_seconds=120, memory_bytes=6144 * MIB, file_bytes=256 * MIB, files=1024
)
PDF = "application/pdf"
PAGE_NAME = re.compile(r"^page-[0-9]{1,2}\.webp\Z")


class Picture(msgspec.Struct, frozen=True):
    """A page as it is kept: its key is the hash of its own bytes."""

    no: int
    width_px: int
    height_px: int
    content: bytes

    def key(self, group_id: UUID) -> str:
        """Where it is in the store."""
        return f"{group_id}/previews/{hashlib.sha256(self.content).hexdigest()}"

    def row(self, group_id: UUID) -> tuple[object, ...]:
        """How it is written down."""
        size = len(self.content)
        return (self.no, self.key(group_id), MEDIA_TYPE, self.width_px, self.height_px, size)


async def read_file(
    storage: Storage,
    file: SourceFile,
    *,
    pictures: bool,
    limits: Limits = LIMITS,
    office_program: str = "",
) -> tuple[Made, list[Picture]]:
    """What a file shows and says. That it cannot be read is an answer; raises StoreUnavailable."""
    draw = bool(office_program) and maker.is_drawable(file.media_type)
    if not draw and not maker.is_readable(file.media_type):
        return Made(), []
    if file.size_bytes > SOURCE_BYTES_MAX:
        return _failed("too_large"), []
    with tempfile.TemporaryDirectory(prefix="schoolgroup-reading-") as name:
        folder = Path(name)
        try:
            await storage.save(file.object_key, folder / SOURCE, SOURCE_BYTES_MAX)
        except Missing:
            return _failed("not_made"), []
        except ReadTooMuch:
            return _failed("too_large"), []
        media_type = file.media_type
        if draw and await _draw(Path(office_program), folder):
            media_type = PDF
        elif not maker.is_readable(media_type):
            return _failed("damaged"), []
        request = Request(media_type, file.file_name, pictures)
        await asyncio.to_thread((folder / REQUEST).write_bytes, msgspec.json.encode(request))
        try:
            await sandbox.run(MAKER, [str(folder)], folder, limits)
            return await asyncio.to_thread(_collect, folder)
        except sandbox.Failed as failed:
            return _failed(failed.reason), []


async def _draw(program: Path, folder: Path) -> bool:
    """Have an office program turn the source into a PDF in its place; whether it could."""
    drawn = folder / "drawn"
    told = [
        "--headless", "--norestore", "--nolockcheck", "--nodefault",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to", "pdf", "--outdir", str(drawn), str(folder / SOURCE),
    ]  # fmt: skip
    try:
        await sandbox.run_program(program, told, folder, OFFICE_LIMITS)
        await asyncio.to_thread((drawn / f"{SOURCE}.pdf").replace, folder / SOURCE)
    except (sandbox.Failed, OSError):
        return False  # its words can still be read
    return True


def _failed(reason: str) -> Made:
    return Made(because=reason, text_because=reason)


def _collect(folder: Path) -> tuple[Made, list[Picture]]:
    """What the child left behind. It read a stranger's file, so nothing of it is believed."""
    try:
        made = msgspec.json.decode(_content(folder / RESULT, RESULT_BYTES_MAX), type=Made)
        pictures = [
            Picture(page.no, page.width_px, page.height_px, _picture(folder, page.file))
            for page in made.pages[: PAGES_MAX + 1]
            if 0 <= page.no <= PAGES_MAX
            and 1 <= page.width_px <= PAGE_PX_MAX
            and 1 <= page.height_px <= PAGE_PX_MAX
        ]
    except (OSError, msgspec.DecodeError, ValueError):
        return _failed("crashed"), []
    return made, _one_each(pictures)


def _one_each(pictures: Sequence[Picture]) -> list[Picture]:
    return list({picture.no: picture for picture in pictures}.values())


def _picture(folder: Path, name: str) -> bytes:
    if not PAGE_NAME.match(name):
        raise ValueError("not a page of ours")
    content = _content(folder / name, PAGE_BYTES_MAX)
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise ValueError("not a picture")
    return content


def _content(path: Path, bytes_max: int) -> bytes:
    """A plain file of the folder, within its bound; a link would lead out of it."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > bytes_max:
        raise ValueError("not a file of ours")
    return path.read_bytes()
