"""Whether a secret was committed: `python -m tools.secret_scan` reads every tracked file.

A find is a place and the hash of what stands there, so that what is known to be harmless (the
secrets of tests and of examples) can be listed without being repeated: KNOWN.
"""

import hashlib
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

ROOT = Path(__file__).parent.parent
BYTES_MAX = 2_000_000
# What is a secret by its form alone.
FORMS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{20,}"),
    "access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token": re.compile(r"\b(?:ghp|gho|ghs|glpat|xox[bap]|sk_live|pypi)[-_][A-Za-z0-9_-]{16,}"),
    "signed token": re.compile(
        r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"
    ),
    "our secret": re.compile(r"\b(?:sgs_|sgr_|sgf_|whsec_)[A-Za-z0-9+/_-]{24,}"),
    "password in an address": re.compile(
        r"\b[a-z+]{3,12}://[^\s:/@{}$<>'\"]+:([^\s:/@{}$<>'\"]{6,})@"
    ),
}  # fmt: skip
# What is one by its name and by looking random.
NAMED = re.compile(
    r"(?i)(?:secret|passw(?:or)?d|token|api_?key|credential)[\w.\"']*\s*[:=]\s*[\"']([^\s\"']{16,})[\"']"
)
ENTROPY_MIN = 3.8  # bits a character; words of a sentence have less
HASHES = re.compile(r"--hash=sha256:|^\s*sha256")
# path and the first 16 characters of the find's SHA-256: looked at, and harmless
KNOWN = frozenset({
    ("bench/harvest.py", "88edff0b0e93abd8"),
    ("tests/kernel/test_settings.py", "7f51c527bf2e4f9c"),
})  # fmt: skip


class Find(msgspec.Struct, frozen=True):
    """Something that looks like a secret."""

    path: str
    line: int
    kind: str
    digest: str


def tracked(root: Path = ROOT) -> list[Path]:
    """The files git keeps; all visible ones where there is no git."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return [root / name for name in done.stdout.split("\0") if name]
    return [p for p in root.rglob("*") if p.is_file() and "/." not in f"/{p.relative_to(root)}"]


def scan(paths: list[Path], root: Path = ROOT) -> Iterator[Find]:
    """What looks like a secret in these files and is not known."""
    for path in paths:
        if not path.is_file() or path.stat().st_size > BYTES_MAX:
            continue
        raw = path.read_bytes()
        if b"\0" in raw[:8192]:
            continue
        name = path.relative_to(root).as_posix()
        for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
            if HASHES.search(line):
                continue
            for kind, found in _finds(line):
                digest = hashlib.sha256(found.encode()).hexdigest()[:16]
                if (name, digest) not in KNOWN:
                    yield Find(name, number, kind, digest)


def _finds(line: str) -> Iterator[tuple[str, str]]:
    for kind, form in FORMS.items():
        for match in form.finditer(line):
            yield kind, match[0]
    for match in NAMED.finditer(line):
        if entropy(match[1]) >= ENTROPY_MIN and re.search(r"\d", match[1]):
            yield "named so, and random", match[1]


def entropy(text: str) -> float:
    """Shannon's entropy of the characters, bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def main() -> int:
    """Print what is found; 1 where there is any."""
    found = list(scan(tracked()))
    for one in found:
        print(f"{one.path}:{one.line}: {one.kind} ({one.digest})")  # noqa: T201 - a command
    print(f"secrets: {len(found)} found in {len(tracked())} files")  # noqa: T201 - a command
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
