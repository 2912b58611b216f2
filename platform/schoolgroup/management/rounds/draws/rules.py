"""The draw itself: pure, of the standard library alone, so that anyone can write it again.

1. `document_sha256` is SHA-256 over the document as JSON with sorted keys, no spaces, in UTF-8.
2. `key` is SHA-256 over the four lines "schoolgroup-draw/1", document_sha256, the seed in
   hexadecimal digits, and the public value, joined by line feeds, in UTF-8.
3. Each candidate's lot is HMAC-SHA-256 of its code under `key`; candidates stand in the order of
   their lots, the lowest first.
4. Drawn are the first `count` of them that are not passed over.

The office publishes the document with the hash of its seed before the public value exists: it
cannot choose a seed for a result. Whoever knows the public value first does not know the seed.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.rounds.draws.models import Document, Published

ALGORITHM = "schoolgroup-draw/1"
AHEAD_MAX = timedelta(days=90)
HOW = "schoolgroup draw FILE recomputes it from this JSON; the four steps are in docs/management.md"


class BadDraw(Invalid):
    """The draw cannot be like this; `errors` says why."""

    code = "bad_draw"
    title = Text("The draw is not valid", "抽签无效")


class TooEarly(Conflict):
    """The public value does not exist yet."""

    code = "draw_too_early"
    title = Text("The public value is not known yet", "公共随机值尚未产生")
    remedy = Text("Wait until the instant in the published document.", "请等待公布文件所载时刻。")


class AlreadyRevealed(Conflict):
    """The draw is done: there is no second one under the same commitment."""

    code = "draw_revealed"
    title = Text("The draw is done", "已完成抽签")
    remedy = Text(
        "Read it; another spot check is another draw.", "请查看结果；再次抽查须另行抽签。"
    )


class NotRevealed(Conflict):
    """Nobody is drawn yet."""

    code = "draw_not_revealed"
    title = Text("The draw is not revealed yet", "尚未揭晓抽签结果")
    remedy = Text("Reveal it first.", "请先揭晓结果。")


def check_wish(count: int, candidates: int, public_from_at: datetime, now: datetime) -> None:
    """Raise BadDraw for more than there are, and for a value known already or far off."""
    problems = []
    if count > candidates:
        problems.append(Problem("/count", "too_many", f"there are {candidates} candidates"))
    if public_from_at <= now:
        why = "the value has to be unknown now"
        problems.append(Problem("/public_from_at", "too_early", why))
    if public_from_at > now + AHEAD_MAX:
        problems.append(Problem("/public_from_at", "too_late", "more than 90 days ahead"))
    if problems:
        raise BadDraw(problems=problems)


def document_of(
    draw_id: object,
    candidates: Iterable[str],
    count: int,
    seed: bytes,
    public_source: str,
    public_from_at: datetime,
) -> Document:
    """What is published when a draw is committed."""
    return Document(
        algorithm=ALGORITHM,
        draw_id=str(draw_id),
        candidates=sorted(set(candidates)),
        count=count,
        seed_sha256=hashlib.sha256(seed).hexdigest(),
        public_source=public_source,
        public_from_at=public_from_at.astimezone(UTC).isoformat(timespec="seconds"),
    )


def digest(document: Document) -> str:
    """Step 1."""
    text = json.dumps(
        msgspec.structs.asdict(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def order(document: Document, seed: str, public_value: str) -> list[str]:
    """Steps 2 and 3: every candidate in the order of the lots."""
    lines = [ALGORITHM, digest(document), seed, public_value]
    key = hashlib.sha256("\n".join(lines).encode()).digest()

    def lot(code: str) -> bytes:
        return hmac.new(key, code.encode(), hashlib.sha256).digest()

    return sorted(document.candidates, key=lambda code: (lot(code), code))


def draw(document: Document, seed: str, public_value: str, passed_over: Sequence[str]) -> list[str]:
    """Step 4: who is drawn."""
    stands = [c for c in order(document, seed, public_value) if c not in passed_over]
    return stands[: document.count]


def faults_of(published: Published) -> list[str]:
    """What is wrong with a published draw; nothing: it is what its parts make of it."""
    document = published.document
    faults = []
    if document.algorithm != ALGORITHM:
        return [f"the algorithm {document.algorithm} is not known here"]
    if digest(document) != published.document_sha256:
        faults.append("the document is not the one whose hash was published")
    try:
        seed = bytes.fromhex(published.seed)
    except ValueError:
        return [*faults, "the seed is not in hexadecimal digits"]
    if hashlib.sha256(seed).hexdigest() != document.seed_sha256:
        faults.append("the seed is not the one that was committed")
    drawn = draw(document, published.seed, published.public_value, published.passed_over)
    if drawn != published.drawn:
        faults.append(f"recomputed: {', '.join(drawn)}; published: {', '.join(published.drawn)}")
    return faults
