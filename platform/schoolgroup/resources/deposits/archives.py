"""What an archive or office file says of itself, read without unpacking it.

Zip files (and so PPTX, DOCX, XLSX, ODF, EPUB) are judged by their central directory: how many
entries, how large they would become, where they would be written, whether they are locked. Sizes
there are claims; that entries neither overlap nor reach beyond the file is checked, and a stream of
DEFLATE grows at most 1032 times (RFC 1951), so the claims bound what can be hidden. Whoever unpacks
later still bounds what is unpacked. Archives within archives are not looked into.
"""

import re
import stat
import struct
import zipfile
import zlib
from typing import BinaryIO

import msgspec

from schoolgroup.kernel.object_files import ReadTooMuch
from schoolgroup.resources.deposits.models import Rejection
from schoolgroup.resources.deposits.rules import IN_OLE, OFFICE_XML, OLE

ENTRIES_MAX = 10_000
UNPACKED_BYTES_MAX = 4 * 1024**3
# Below this an archive may be as dense as it likes: empty tables shrink a thousandfold.
RATIO_COUNTS_FROM_BYTES = 100 * 1024**2
RATIO_MAX = 200
DIRECTORY_BYTES_MAX = 6 * 1024**2  # of the directory and the two small entries that are read
SMALL_BYTES_MAX = 256 * 1024
LOCAL_HEADER_BYTES = 30
ENCRYPTED_FLAGS = 0x1 | 0x40
AES_METHOD = 99  # WinZip's mark of an encrypted entry
DRIVE = re.compile(r"^[A-Za-z]:")
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE_DIRECTORY_BYTES = 64 * 1024
OLE_SECTOR_SHIFTS = (9, 12)  # [MS-CFB] 2.2: sectors of 512 or 4096 bytes
# What [Content_Types].xml calls the main part of a document (ECMA-376 part 1; [MS-OFFMACRO2]).
MAIN_PARTS = (
    ("wordprocessingml.document.main", OFFICE_XML + "wordprocessingml.document"),
    ("wordprocessingml.template.main", OFFICE_XML + "wordprocessingml.template"),
    ("spreadsheetml.sheet.main", OFFICE_XML + "spreadsheetml.sheet"),
    ("spreadsheetml.template.main", OFFICE_XML + "spreadsheetml.template"),
    ("presentationml.presentation.main", OFFICE_XML + "presentationml.presentation"),
    ("presentationml.slideshow.main", OFFICE_XML + "presentationml.slideshow"),
    ("presentationml.template.main", OFFICE_XML + "presentationml.template"),
    ("ms-word.document.macroEnabled.main", "application/vnd.ms-word.document.macroEnabled.12"),
    ("ms-excel.sheet.macroEnabled.main", "application/vnd.ms-excel.sheet.macroEnabled.12"),
    ("ms-excel.sheet.binary.macroEnabled.main",
     "application/vnd.ms-excel.sheet.binary.macroEnabled.12"),
    ("ms-powerpoint.presentation.macroEnabled.main",
     "application/vnd.ms-powerpoint.presentation.macroEnabled.12"),
    ("ms-powerpoint.slideshow.macroEnabled.main",
     "application/vnd.ms-powerpoint.slideshow.macroEnabled.12"),
)  # fmt: skip
MAIN_FOLDERS = (
    ("ppt/presentation.xml", OFFICE_XML + "presentationml.presentation"),
    ("word/document.xml", OFFICE_XML + "wordprocessingml.document"),
    ("xl/workbook.xml", OFFICE_XML + "spreadsheetml.sheet"),
)
SAYS_ITSELF = re.compile(rb"application/(epub\+zip|vnd\.oasis\.opendocument\.[a-z-]{2,40})")
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,  # a place before the beginning; a name that is no text
    NotImplementedError,  # a version or compression this Python does not know
    RuntimeError,  # a locked entry
)


class Contents(msgspec.Struct, frozen=True):
    """What was found: why the file is refused, with numbers, or what kind of file it is."""

    rejected: Rejection | None = None
    facts: dict[str, object] = {}
    media_type: str | None = None


def is_container(head: bytes) -> bool:
    """Whether a file that begins so is looked into."""
    return head.startswith(ZIP_STARTS) or head.startswith(OLE)


def look_into(file: BinaryIO) -> Contents:
    """What is in a zip or an old office file; reads its directory and little else."""
    if file.read(len(OLE)) == OLE:
        return _look_into_ole(file)
    try:
        with zipfile.ZipFile(file) as archive:
            wrong = _wrong_with(archive)
            return wrong or Contents(media_type=_media_type_of(archive))
    except ReadTooMuch:
        return Contents(Rejection.ARCHIVE_BOMB, {"entries_max": ENTRIES_MAX})
    except UNREADABLE:
        return Contents(Rejection.ARCHIVE_DAMAGED)


def _wrong_with(archive: zipfile.ZipFile) -> Contents | None:
    entries = archive.infolist()
    if len(entries) > ENTRIES_MAX:
        facts: dict[str, object] = {"entries": len(entries), "entries_max": ENTRIES_MAX}
        return Contents(Rejection.ARCHIVE_BOMB, facts)
    for entry in entries:
        if _leaves_its_folder(entry):
            return Contents(Rejection.ARCHIVE_PATHS, {"entry": entry.orig_filename[:200]})
    locked = [e for e in entries if e.flag_bits & ENCRYPTED_FLAGS or e.compress_type == AES_METHOD]
    if locked:
        return Contents(Rejection.ARCHIVE_ENCRYPTED, {"entry": locked[0].orig_filename[:200]})
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    dense = unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > RATIO_MAX * max(packed, 1)
    if unpacked > UNPACKED_BYTES_MAX or dense or _overlap(archive, entries):
        facts = {
            "unpacked_bytes": unpacked,
            "unpacked_bytes_max": UNPACKED_BYTES_MAX,
            "packed_bytes": packed,
            "ratio_max": RATIO_MAX,
        }
        return Contents(Rejection.ARCHIVE_BOMB, facts)
    return None


def _leaves_its_folder(entry: zipfile.ZipInfo) -> bool:
    name = entry.orig_filename
    parts = re.split(r"[/\\]", name)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    plain = not any(ord(letter) < 32 or ord(letter) == 127 for letter in name)
    return is_link or not plain or parts[0] == "" or ".." in parts or bool(DRIVE.match(name))


def _overlap(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries share bytes: how a small archive claims the same bomb many times."""
    ends = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < ends:
            return True
        name = len(entry.orig_filename.encode("utf-8", "surrogatepass"))
        least = min(name, len(entry.orig_filename))  # in an older character set it is shorter
        ends = entry.header_offset + LOCAL_HEADER_BYTES + least + entry.compress_size
    return ends > archive.start_dir


def _media_type_of(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    if "mimetype" in names:
        said = SAYS_ITSELF.fullmatch(_small(archive, "mimetype").strip())
        if said:
            return said[0].decode()
    if "[Content_Types].xml" in names:
        types = _small(archive, "[Content_Types].xml")
        for part, media_type in MAIN_PARTS:
            if f".{part}+xml".encode() in types or f"application/vnd.{part}".encode() in types:
                return media_type
        return next((kind for part, kind in MAIN_FOLDERS if part in names), None)
    return None


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(SMALL_BYTES_MAX)


def _look_into_ole(file: BinaryIO) -> Contents:
    """The names in the directory of an old office file ([MS-CFB] 2.2, 2.6)."""
    try:
        file.seek(0)
        header = file.read(512)
        (shift,) = struct.unpack_from("<H", header, 30)
        (sector,) = struct.unpack_from("<I", header, 48)
        if shift not in OLE_SECTOR_SHIFTS:
            return Contents(Rejection.ARCHIVE_DAMAGED)
        file.seek((sector + 1) << shift)
        directory = file.read(OLE_DIRECTORY_BYTES)
    except (*UNREADABLE, ReadTooMuch):
        return Contents(Rejection.ARCHIVE_DAMAGED)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        return Contents(Rejection.ARCHIVE_ENCRYPTED)
    kinds = (kind for name, kind in IN_OLE if name.encode("utf-16-le") in directory)
    return Contents(media_type=next(kinds, None))
