"""The policy as files people read: loaded, linted, and named by a hash.

`load_bundle` refuses (PolicyRefused) whatever stock Casbin would misread in silence: see
policies/README.md for the list. What needs the policy compiled first - acts nobody can reach,
examples that turn out otherwise - is refused by `compiled.compile_policy`.
"""

import hashlib
import os
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
import yaml

from schoolgroup.access import lint, relations
from schoolgroup.access.faults import Fault, FaultCode, PolicyRefused
from schoolgroup.access.policy import (
    CASES,
    FILES,
    POLICY,
    VOCABULARY,
    Case,
    PolicyBundle,
    Vocabulary,
)
from schoolgroup.access.relations import Relations

# libyaml where the wheel has it, seven times as fast; both make plain values only
QUICK: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def policies_folder() -> Path:
    """The shipped policy: $SCHOOLGROUP_POLICIES, else the wheel's, else the checkout's."""
    if chosen := os.environ.get("SCHOOLGROUP_POLICIES"):
        return Path(chosen)
    package = Path(__file__).parent.parent
    installed = package / "_policies"
    return installed if installed.is_dir() else package.parent.parent / "policies"


def read_files(folder: Path) -> dict[str, bytes]:
    """The bundle's files in a folder; one that is missing is left out, for the lint to name."""
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}


def load_bundle(folder: Path | None = None) -> PolicyBundle:
    """The policy in a folder (the shipped one by default); raises PolicyRefused with all faults."""
    return make_bundle(read_files(folder or policies_folder()))


@lru_cache(maxsize=1)
def shipped_relations() -> Relations:
    """The relations that came with this release, for SQL written when a module is imported.

    They name columns, so they change with the schema and never at run time: publishing a bundle
    with other relations than these is to be refused. Raises PolicyRefused.
    """
    found, faults = relations.read_relations(
        (policies_folder() / relations.FILE).read_text(encoding="utf-8")
    )
    if faults:
        raise PolicyRefused(tuple(faults))
    return found


def bundle_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents in a fixed order: the name of a policy version."""
    digest = hashlib.sha256()
    for name in FILES:
        content = files.get(name, b"")
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def make_bundle(files: Mapping[str, bytes]) -> PolicyBundle:
    """The policy in these files, wherever they come from; raises PolicyRefused with all faults."""
    faults = [
        Fault(name, 0, FaultCode.MISSING_FILE, "The file is missing.", "Put it back.")
        for name in FILES
        if name not in files
    ]
    texts: dict[str, str] = {}
    for name, content in files.items():
        try:
            texts[name] = content.decode()
        except UnicodeDecodeError as error:
            what = f"Not UTF-8 at byte {error.start}."
            faults.append(Fault(name, 0, FaultCode.UNREADABLE, what, "Save it as UTF-8."))
    if faults:
        raise PolicyRefused(tuple(faults))
    vocabulary = _read_vocabulary(texts[VOCABULARY], faults)
    found, more = relations.read_relations(texts[relations.FILE])
    faults += more
    cases = _read_cases(texts[CASES], faults)
    if vocabulary is None or not found.by_name or cases is None:
        raise PolicyRefused(tuple(faults))
    lines, roles, groups = lint.read_lines(texts[POLICY], vocabulary, found, faults)
    bundle = PolicyBundle(
        {name: files[name] for name in FILES}, bundle_hash(files), lines, roles, groups,
        vocabulary, found, cases,
    )  # fmt: skip
    faults += lint.check(bundle, texts)
    if faults:
        raise PolicyRefused(tuple(faults))
    return bundle


def _read_vocabulary(text: str, faults: list[Fault]) -> Vocabulary | None:
    try:
        return msgspec.convert(tomllib.loads(text), Vocabulary)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        remedy = "Write it like the entries around it."
        faults.append(Fault(VOCABULARY, 0, FaultCode.UNREADABLE, f"{error}.", remedy))
        return None


def _read_cases(text: str, faults: list[Fault]) -> tuple[Case, ...] | None:
    try:
        return msgspec.convert(yaml.load(text, QUICK) or (), tuple[Case, ...])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        remedy = "Write it like the examples around it."
        faults.append(Fault(CASES, 0, FaultCode.UNREADABLE, f"{error}.", remedy))
        return None
