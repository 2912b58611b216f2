"""The few options of curl that the guides use, for machines without it; any other is refused."""

import argparse
import http.client
import sys
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

REDIRECTS = (301, 302, 303, 307, 308)


def read_words(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="curl", allow_abbrev=False)
    parser.add_argument("url")
    for flag in ("-s", "-S", "-L", "-G", "-i"):
        parser.add_argument(flag, action="store_true")
    for option in ("-X", "-o", "-w", "-u", "-T", "-D", "-r"):
        parser.add_argument(option)
    parser.add_argument("-H", action="append", default=[])
    for option in ("-d", "--data-binary", "--data-urlencode"):
        parser.add_argument(option, action="append", default=[])
    return parser.parse_args(words)


def content(value: str, *, binary: bool) -> bytes:
    """What -d and --data-binary send: the words, or `@FILE`; -d takes its line ends out."""
    if not value.startswith("@"):
        return value.encode()
    read = sys.stdin.buffer.read() if value == "@-" else Path(value[1:]).read_bytes()
    return read if binary else read.replace(b"\r", b"").replace(b"\n", b"")


def encoded(value: str) -> bytes:
    name, found, text = value.partition("=")
    return (f"{name}={quote(text, safe='')}" if found else quote(value, safe="")).encode()


def main(words: list[str]) -> int:
    """One request; the answer's body on stdout or in the file of -o."""
    asked = read_words(words)
    parts = [content(one, binary=False) for one in asked.d]
    parts += [content(one, binary=True) for one in asked.data_binary]
    parts += [encoded(one) for one in asked.data_urlencode]
    body: bytes | None = b"&".join(parts) if parts else None
    url = asked.url
    if asked.G and body is not None:
        url, body = f"{url}{'&' if '?' in url else '?'}{body.decode()}", None
    headers = {"Accept": "*/*", "User-Agent": "curl/8"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if asked.T:
        body = Path(asked.T).read_bytes()
    if asked.u:
        headers["Authorization"] = f"Basic {b64encode(asked.u.encode()).decode()}"
    if asked.r:
        headers["Range"] = f"bytes={asked.r}"
    for one in asked.H:
        name, _, value = one.partition(":")
        headers[name.title()] = value.strip()
    method = asked.X or ("PUT" if asked.T else "GET" if body is None else "POST")
    while True:
        there = urlsplit(url)
        line = http.client.HTTPConnection(there.hostname or "", there.port or 80, timeout=30)
        target = (there.path or "/") + (f"?{there.query}" if there.query else "")
        line.request(method, target, body, headers)
        answer = line.getresponse()
        told = answer.read()
        if not (asked.L and answer.status in REDIRECTS):
            break
        url = urljoin(url, answer.headers["location"])
        if urlsplit(url).netloc != there.netloc:  # what was for one host is not told to another
            headers.pop("Authorization", None)
    head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n{answer.headers}".encode()
    if asked.D:
        Path(asked.D).write_bytes(head)
    if asked.i:
        told = head + told
    if asked.o:
        Path(asked.o).write_bytes(told)
    else:
        sys.stdout.buffer.write(told)
    if asked.w:
        sys.stdout.flush()
        written = asked.w.replace("%{http_code}", str(answer.status)).replace("\\n", "\n")
        sys.stdout.buffer.write(written.encode())
    sys.stdout.buffer.flush()
    return 0
