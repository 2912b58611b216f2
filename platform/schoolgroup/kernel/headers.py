"""What every answer carries beside its own headers: for browsers, caches and callers that hurry."""

import re
from base64 import b64encode
from hashlib import sha256

# Answers of an API are no pages: nothing in them may load, run or be framed (OWASP REST Security
# Cheat Sheet, "Security headers").
LOCKED = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Reports and sheets to print: their own styles and drawings, no script, an origin of their own.
PAPER = LOCKED + b"; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
HSTS = (b"strict-transport-security", b"max-age=31536000")
ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
# What pages of other origins may send and read, where an installation lets them in.
CORS_SEND = [
    "Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key",
    "X-Request-Id", "Range", "If-Range", "Accept", "Accept-Language",
]  # fmt: skip
CORS_READ = [
    "ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id",
    "Idempotent-Replayed", "Content-Disposition", "Content-Range", "Accept-Ranges",
    "WWW-Authenticate",
]  # fmt: skip
INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def content_policy(media_type: bytes, page_policy: bytes | None) -> bytes:
    """The Content-Security-Policy of an answer; `page_policy` is that of a page that runs."""
    if page_policy is not None:
        return page_policy
    return PAPER if media_type.startswith(b"text/html") else LOCKED


def policy_of_page(page: bytes) -> bytes:
    """The policy of a page with scripts: those of our own address, and by hash those in the page.

    Styles are open: Swagger UI writes them into elements.
    """
    hashes = b"".join(
        b" 'sha256-" + b64encode(sha256(script).digest()) + b"'" for script in INLINE.findall(page)
    )
    return (
        b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        b"script-src 'self'" + hashes + b"; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data:; font-src 'self' data:; connect-src 'self'"
    )


def complete(
    headers: list[tuple[bytes, bytes]],
    *,
    request_id: str,
    secure: bool,
    pace: list[tuple[bytes, bytes]],
    page_policy: bytes | None = None,
) -> None:
    """Add what is missing to the headers of an answer. `secure`: it goes over TLS."""
    media_type, cached = b"", False
    for name, value in headers:
        name = name.lower()
        if name == b"content-type":
            media_type = value
        elif name == b"cache-control":
            cached = True
    if not cached:
        headers.append((b"cache-control", b"no-store"))
    policy = content_policy(media_type, page_policy)
    headers.append((b"content-security-policy", policy))
    headers.extend(ALWAYS)
    if secure:
        headers.append(HSTS)
    headers.extend(pace)
    headers.append((b"x-request-id", request_id.encode()))
