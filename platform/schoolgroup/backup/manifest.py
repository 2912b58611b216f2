"""What a backup consists of, with the hash of everything."""

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

import msgspec

from schoolgroup.backup import BrokenBackup, WrongSecret, WrongVersion
from schoolgroup.kernel.bootstrap import migrations_folder
from schoolgroup.kernel.keys import derive_key

FORMAT = 1
MANIFEST, SEAL, DUMP, OBJECTS = "manifest.json", "manifest.sha256", "database.dump", "objects"
CHUNK_BYTES = 1024 * 1024


class Kept(msgspec.Struct, frozen=True):
    """One object: its key in the store, and its bytes by hash."""

    key: str
    sha256: str
    size_bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A whole backup. `tables` counts the rows of each table in the snapshot."""

    format: int
    made_at: str
    schema_version: str
    secret_check: str
    dump_sha256: str
    dump_bytes: int
    tables: dict[str, int]
    objects: list[Kept]


def secret_check(secret: str) -> str:
    """Tells one secret from another, and nothing about either."""
    return derive_key(secret, "which secret a backup was made under").hex()


def newest_schema() -> str:
    """The number of the newest migration of this software, as the schema's own table has it."""
    return max(path.name.partition("_")[0] for path in migrations_folder().glob("[0-9]*.sql"))


def object_path(root: Path, sha256: str) -> Path:
    """Where an object's bytes are kept below the backups' folder."""
    return root / OBJECTS / sha256[:2] / sha256


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def backups_in(root: Path) -> list[Path]:
    """The finished backups below `root`, the newest last; an unfinished one has no seal."""
    return sorted(path.parent for path in root.glob(f"*/{SEAL}"))


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and, last of all, its seal: from then on the backup is one."""
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / MANIFEST).write_bytes(content)
    fresh = folder / (SEAL + ".new")
    fresh.write_text(hashlib.sha256(content).hexdigest() + "\n")
    fresh.rename(folder / SEAL)


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BrokenBackup, WrongVersion."""
    try:
        content = (folder / MANIFEST).read_bytes()
        seal = (folder / SEAL).read_text().strip()
    except (OSError, UnicodeDecodeError) as missing:
        raise BrokenBackup(f"{folder} is no finished backup: {missing}") from missing
    if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), seal):
        raise BrokenBackup(f"{folder / MANIFEST} is not the file that was sealed")
    try:
        form = msgspec.json.decode(content, type=_Form).format
        if form != FORMAT:
            raise WrongVersion(f"{folder} has format {form}; this software reads {FORMAT}")
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as wrong:
        raise BrokenBackup(f"{folder / MANIFEST}: {wrong}") from wrong


def check_fits(manifest: Manifest, secret: str) -> None:
    """Whether this software and secret can use the backup. Raises WrongVersion, WrongSecret."""
    if manifest.schema_version > (newest := newest_schema()):
        raise WrongVersion(
            f"the backup has schema {manifest.schema_version}, this software {newest}:"
            " restore it with the version that made it, or a newer one"
        )
    if not hmac.compare_digest(manifest.secret_check, secret_check(secret)):
        raise WrongSecret(
            "the backup was made under another secret: give this installation that one"
            " (SCHOOLGROUP_SECRET, or the file `secret` in the data directory)"
        )


def check_files(root: Path, folder: Path, manifest: Manifest) -> None:
    """Whether every file is what the manifest says. Raises BrokenBackup naming some."""
    wrong = list(_faults(root, folder, manifest))
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise BrokenBackup("; ".join(wrong[:5]) + more)


def _faults(root: Path, folder: Path, manifest: Manifest) -> Iterator[str]:
    files = {folder / DUMP: manifest.dump_sha256}
    files |= {object_path(root, kept.sha256): kept.sha256 for kept in manifest.objects}
    for path, expected in files.items():
        try:
            if hash_file(path) != expected:
                yield f"{path} has changed"
        except OSError as missing:
            yield f"{path}: {missing.strerror}"


class _Form(msgspec.Struct):
    format: int
