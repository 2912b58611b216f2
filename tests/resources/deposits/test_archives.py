"""Archives that mean harm, and office files as they are: pure, and through a real store."""

import io
import stat
import struct
import zipfile

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.app import create_app
from schoolgroup.kernel.object_files import ReadTooMuch
from schoolgroup.resources.deposits import archives, rules
from schoolgroup.resources.deposits import routes as deposit_routes
from schoolgroup.resources.deposits.models import Rejection
from tests.resources.uploads import complete, hand_in, open_upload, put_parts, some_bytes

TYPES = '<Types><Override PartName="/x" ContentType="application/vnd.{}+xml"/></Types>'


def packed(entries, *, method=zipfile.ZIP_DEFLATED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return held.getvalue()


def look(content):
    return archives.look_into(io.BytesIO(content))


def link_to(name, target):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return packed([(entry, target)])


def claiming(content, **fields):
    """The archive with other figures in the one entry of its central directory."""
    at = content.index(b"PK\x01\x02")
    places = {"flags": ("<H", 8), "method": ("<H", 10), "packed": ("<I", 20), "size": ("<I", 24)}
    out = bytearray(content)
    for name, value in fields.items():
        how, offset = places[name]
        struct.pack_into(how, out, at + offset, value)
    return bytes(out)


ONE = packed([("教案/第一课.txt", "分数的意义" * 50)])
LARGE = archives.RATIO_COUNTS_FROM_BYTES
BOMB = packed([(f"{n}.txt", bytes(30 * 1024**2)) for n in range(4)])


@pytest.mark.parametrize(
    ("content", "rejected"),
    [
        (ONE, None),
        (packed([]), None),
        (packed([("a/", ""), ("a/b.txt", "x"), ("..a", "x"), ("a..b/c", "x")]), None),
        (packed([("0.bin", bytes(20 * 1024**2))]), None),
        (BOMB, Rejection.ARCHIVE_BOMB),
        (claiming(ONE, size=archives.UNPACKED_BYTES_MAX - 1), Rejection.ARCHIVE_BOMB),
        (packed([(str(n), "") for n in range(archives.ENTRIES_MAX)], method=0), None),
        (packed([(str(n), "") for n in range(archives.ENTRIES_MAX + 1)], method=0),
         Rejection.ARCHIVE_BOMB),
        (packed([("../up.txt", "x")]), Rejection.ARCHIVE_PATHS),
        (packed([("a/../../up.txt", "x")]), Rejection.ARCHIVE_PATHS),
        (packed([("a\\..\\up.txt", "x")]), Rejection.ARCHIVE_PATHS),
        (packed([("/etc/passwd", "x")]), Rejection.ARCHIVE_PATHS),
        (packed([("C:\\x.exe", "x")]), Rejection.ARCHIVE_PATHS),
        (packed([("a\x07b", "x")]), Rejection.ARCHIVE_PATHS),
        (link_to("link", "/etc"), Rejection.ARCHIVE_PATHS),
        (claiming(ONE, flags=0x801), Rejection.ARCHIVE_ENCRYPTED),
        (claiming(ONE, method=archives.AES_METHOD), Rejection.ARCHIVE_ENCRYPTED),
        (claiming(ONE, packed=len(ONE)), Rejection.ARCHIVE_BOMB),
        (ONE[:-10], Rejection.ARCHIVE_DAMAGED),
        (ONE[: len(ONE) // 2], Rejection.ARCHIVE_DAMAGED),
        (b"PK\x03\x04 no archive", Rejection.ARCHIVE_DAMAGED),
        (rules.OLE + bytes(20), Rejection.ARCHIVE_DAMAGED),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else str(value),
)  # fmt: skip
def test_an_archive_is_judged_by_its_directory(content, rejected):
    assert look(content).rejected == rejected


def test_entries_that_share_their_bytes_are_a_bomb():
    """As in a better zip bomb (Fifield 2019): one content, named by the directory many times."""
    at = ONE.index(b"PK\x01\x02")
    end = ONE.index(b"PK\x05\x06")
    entry = ONE[at:end]
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 2, 2, 2 * len(entry), at, 0)
    assert look(ONE[:at] + entry * 2 + tail).rejected is Rejection.ARCHIVE_BOMB


def test_a_directory_larger_than_anyone_needs_is_not_read():
    """The limit counts what is read from the store, whatever the end record claims."""

    class Counting(io.BytesIO):
        largest = 0

        def read(self, count=-1):
            self.largest = max(self.largest, count)
            if count > archives.DIRECTORY_BYTES_MAX:
                raise ReadTooMuch
            return super().read(count)

    names = packed([(f"{n:0>200}", "") for n in range(30_000)], method=0)
    assert archives.look_into(Counting(names)).rejected is Rejection.ARCHIVE_BOMB


@pytest.mark.parametrize(
    ("main", "media_type"),
    [
        ("openxmlformats-officedocument.presentationml.presentation.main",
         rules.OFFICE_XML + "presentationml.presentation"),
        ("openxmlformats-officedocument.wordprocessingml.document.main",
         rules.OFFICE_XML + "wordprocessingml.document"),
        ("openxmlformats-officedocument.spreadsheetml.sheet.main",
         rules.OFFICE_XML + "spreadsheetml.sheet"),
        ("openxmlformats-officedocument.presentationml.slideshow.main",
         rules.OFFICE_XML + "presentationml.slideshow"),
        ("ms-word.document.macroEnabled.main",
         "application/vnd.ms-word.document.macroEnabled.12"),
    ],
)  # fmt: skip
def test_an_office_file_is_what_its_content_types_say(main, media_type):
    content = packed(
        [("media/clip.bin", some_bytes(200_000)), ("[Content_Types].xml", TYPES.format(main))]
    )
    assert look(content).media_type == media_type


def test_a_file_that_names_its_own_type_first_is_that():
    odp = "application/vnd.oasis.opendocument.presentation"
    assert look(packed([("mimetype", odp)])).media_type == odp
    assert look(packed([("mimetype", "text/html")])).media_type is None
    assert look(packed([("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>")])).media_type
    assert look(packed([("a.txt", "x")])).media_type is None


def old_office(*names, sector=200):
    """A compound file whose directory lies far from both ends ([MS-CFB])."""
    head = bytearray(512)
    head[:8] = rules.OLE
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, sector)
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return bytes(head) + bytes(512 * sector) + directory.ljust(512, b"\0") + bytes(200_000)


def test_an_old_office_file_is_known_by_its_directory_wherever_it_lies():
    ppt = old_office("Root Entry", "PowerPoint Document")
    assert look(ppt).media_type == "application/vnd.ms-powerpoint"
    assert rules.media_type_of(ppt[:65536], ppt[-65536:]) == "application/x-ole-storage"
    locked = old_office("Root Entry", "EncryptedPackage")
    assert look(locked).rejected is Rejection.ARCHIVE_ENCRYPTED


@given(st.binary(max_size=300), st.sampled_from([b"PK\x03\x04", rules.OLE, ONE[:60], ONE]))
def test_no_bytes_break_the_look(content, start):
    for mixed in (start + content, content + start):
        assert look(mixed).rejected in (*Rejection, None)


@given(st.integers(0, len(ONE) - 1), st.integers(0, 255))
def test_no_changed_byte_breaks_the_look(place, value):
    out = bytearray(ONE)
    out[place] = value
    assert look(bytes(out)).rejected in (*Rejection, None)


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


@pytest.mark.parametrize(
    ("content", "code", "fact"),
    [
        (BOMB, "archive_bomb", "unpacked_bytes"),
        (packed([("../up.txt", "x")]), "archive_unsafe_paths", "entry"),
        (claiming(ONE, flags=0x801), "archive_encrypted", "entry"),
        (ONE[:-10], "archive_damaged", None),
    ],
)
async def test_a_harmful_archive_is_refused_deleted_and_stays_refused(
    http, teacher, services, sql, content, code, fact
):
    upload = await open_upload(http, teacher, content, file_name="资料.zip")
    parts = await put_parts(upload, content)
    for _ in range(2):
        refused = await complete(http, teacher, upload, parts)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert refused.json()["remedy"]
    first = await sql.fetchrow("SELECT status, rejected_because, upload_key FROM deposit")
    assert (first["status"], first["rejected_because"]) == ("rejected", code)
    assert await services.storage.find(first["upload_key"]) is None
    assert await sql.fetchval("SELECT count(*) FROM blob") == 0
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'deposit.rejected'") == 1
    if fact:
        again = await open_upload(http, teacher, content, file_name="资料.zip")
        told = await complete(http, teacher, again, await put_parts(again, content))
        assert told.json()[fact]


async def test_a_large_archive_is_looked_into_by_ranges_alone(http, teacher, services, sql):
    """Its directory lies behind 30 MiB; the look reads less than a hundredth of that."""
    media = some_bytes(30 * 1024**2, "media")
    main = TYPES.format("openxmlformats-officedocument.presentationml.presentation.main")
    content = packed([("ppt/media/film.mp4", media), ("[Content_Types].xml", main)], method=0)
    done = await hand_in(http, teacher, content)
    assert done["media_type"] == rules.OFFICE_XML + "presentationml.presentation"
    key = await sql.fetchval("SELECT object_key FROM blob")
    found = await services.storage.read_parts(key, len(content), 400 * 1024, archives.look_into)
    assert found.media_type == done["media_type"]


async def test_a_kind_of_media_has_its_own_limit(http, teacher, settings, whole_clock, sql):
    narrow = msgspec.structs.replace(settings, upload_image_bytes_max=4096)
    picture = b"\x89PNG\r\n\x1a\n" + some_bytes(5000)
    app = create_app(narrow, whole_clock, deposit_routes.ROUTES)
    async with app.lifespan():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]  # it is one
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            body = {
                "file_name": "图.png",
                "size_bytes": len(picture),
                "sha256": "ab" * 32,
                "media_type": "image/png",
            }
            early = await http.post("/v1/uploads", json=body, headers=teacher.headers)
            assert (early.status_code, early.json()["code"]) == (413, "kind_too_large")
            assert early.json()["bytes_max"] == 4096
            # Called something else it is found out when it is there.
            upload = await open_upload(http, teacher, picture, file_name="课件.pptx")
            late = await complete(http, teacher, upload, await put_parts(upload, picture))
            assert (late.status_code, late.json()["code"]) == (413, "kind_too_large")
            assert late.json()["media_type"] == "image/png"
            small = picture[:4096]
            assert (await hand_in(http, teacher, small))["status"] == "verified"
