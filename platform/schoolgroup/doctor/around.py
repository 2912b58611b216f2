"""Checks of what stands around: disk, files, certificate, scanner, mail, backups."""

import asyncio
import resource
import shutil
import socket
import ssl
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib

from schoolgroup.backup import BackupRefused, manifest
from schoolgroup.doctor.models import Finding, fail, warn, well
from schoolgroup.integration.notices.smtp import client_of
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.texts import Text

ASK_S = 5.0
FREE_WARN, FREE_FAIL = 2 * 1024**3, 256 * 1024**2  # bytes, of any disk we write on
FILES_MIN = 4096
CERTIFICATE_WARN, CERTIFICATE_FAIL = timedelta(days=21), timedelta(days=3)
BACKUP_WARN = timedelta(hours=26)  # a nightly one, and some time
LOCAL = {"localhost", "127.0.0.1", "::1"}


def check_disk(folder: Path | None = None) -> Finding:
    """Room where temporary files go, and where we stand."""
    places = [folder] if folder else [Path(tempfile.gettempdir()), Path.cwd()]
    free = min(shutil.disk_usage(place).free for place in places)
    told = Text(f"{free / 1024**3:.1f} GiB free", f"剩余 {free / 1024**3:.1f} GiB")
    remedy = Text("Make room, or give a larger disk.", "请清理或扩容磁盘。")
    if free < FREE_FAIL:
        return fail("disk", told, remedy)
    if free < FREE_WARN:
        return warn("disk", told, remedy)
    return well("disk", told.en, told.zh)


def check_files() -> Finding:
    """How many files and connections a process may have open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = Text(f"{hard} may be open at once", f"最多可同时打开 {hard} 个")
    if hard != resource.RLIM_INFINITY and hard < FILES_MIN:
        remedy = Text(
            f"Allow {FILES_MIN} or more (LimitNOFILE, ulimits).",
            f"请将上限提高到 {FILES_MIN} 以上（LimitNOFILE、ulimits）。",
        )
        return warn("open files", told, remedy)
    return well("open files", told.en, told.zh)


async def check_certificate(settings: Settings, authority: Path | None = None) -> Finding:
    """The certificate people's browsers are shown at public_url. `authority`: whom to believe."""
    at = urlsplit(settings.public_url)
    if not settings.public_url or (at.hostname in LOCAL and at.scheme != "https"):
        return well("certificate", "no public address", "未设置公开地址")
    if at.scheme != "https":
        return fail(
            "certificate",
            Text("public_url is not https", "public_url 不是 https"),
            Text(
                "Put a proxy with TLS in front: tokens pass in the clear.",
                "请配置 TLS 代理，否则令牌明文传输。",
            ),
        )
    try:
        ends_at = await asyncio.to_thread(
            _certificate_ends_at, at.hostname or "", at.port or 443, authority
        )
    except (OSError, ValueError) as failed:
        return fail(
            "certificate",
            Text(
                f"not believed or not reached ({type(failed).__name__})",
                f"证书不可信或无法连接（{type(failed).__name__}）",
            ),
            Text(
                "Renew it, and serve the whole chain under the name in public_url.",
                "请更新证书，并提供完整证书链，域名与 public_url 一致。",
            ),
        )
    left = ends_at - datetime.now(UTC)
    told = Text(f"ends in {left.days} days", f"剩余 {left.days} 天")
    remedy = Text("Renew it.", "请更新证书。")
    if left < CERTIFICATE_FAIL:
        return fail("certificate", told, remedy)
    if left < CERTIFICATE_WARN:
        return warn("certificate", told, remedy)
    return well("certificate", told.en, told.zh)


def _certificate_ends_at(host: str, port: int, authority: Path | None) -> datetime:
    context = ssl.create_default_context(cafile=authority)
    with (
        socket.create_connection((host, port), ASK_S) as plain,
        context.wrap_socket(plain, server_hostname=host) as link,
    ):
        shown = link.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    return datetime.fromtimestamp(ends, UTC)


async def check_scanner(settings: Settings) -> Finding:
    """clamd, asked whether it is there (PING, PONG)."""
    address = settings.clamd_address
    if not address:
        return well(
            "scanner", "off: files are not scanned, and receipts say so", "未启用：文件不扫描"
        )
    try:
        async with asyncio.timeout(ASK_S):
            if address.startswith("unix:"):
                path = address.removeprefix("unix:")
                reader, writer = await asyncio.open_unix_connection(path)
            else:
                host, _, port = address.rpartition(":")
                reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"zPING\0")
            answer = await reader.read(100)
            writer.close()
    except (OSError, TimeoutError):
        answer = b""
    if answer.strip(b"\0\n") == b"PONG":
        return well("scanner", "clamd answers", "clamd 正常")
    return fail(
        "scanner",
        Text("clamd does not answer; uploads are refused with 503", "clamd 无响应，上传将被拒绝"),
        Text(
            "Start it; it loads its signatures for a minute or two.",
            "请启动 clamd（加载病毒库需一两分钟）。",
        ),
    )


async def check_mail(settings: Settings) -> Finding:
    """The mail server: reached, believed, and content with our name and password."""
    if not settings.smtp_host:
        return well(
            "mail", "off: no letters are sent, and people are told so", "未启用：不发送邮件"
        )
    try:
        async with client_of(settings, ASK_S):
            pass
    except (aiosmtplib.SMTPException, OSError, ValueError) as failed:
        return fail(
            "mail",
            Text(
                f"the mail server does not take us ({type(failed).__name__})",
                f"邮件服务器拒绝或无法连接（{type(failed).__name__}）",
            ),
            Text(
                "Look at smtp_host, smtp_port, smtp_tls, smtp_user and its password.",
                "请检查 smtp_host、smtp_port、smtp_tls、smtp_user 与密码。",
            ),
        )
    return well("mail", "the mail server takes letters", "邮件服务器正常")


def check_backups(folder: Path | None) -> Finding:
    """How old the newest backup in a folder is; where none is named, that is said."""
    if folder is None:
        return warn(
            "backups",
            Text("not looked at: no folder was named", "未检查：未指定备份目录"),
            Text(
                "Name the folder of `schoolgroup backup`: doctor --backups FOLDER.",
                "请指定备份目录：doctor --backups 目录。",
            ),
        )
    made = []
    for finished in manifest.backups_in(folder):
        with suppress(BackupRefused):  # broken, or of newer software: not one to count on
            made.append(datetime.fromisoformat(manifest.read(finished).made_at))
    remedy = Text("Run `schoolgroup backup` every night.", "请每晚运行 `schoolgroup backup`。")
    if not made:
        return fail("backups", Text("there is none", "没有备份"), remedy)
    age = datetime.now(UTC) - max(made)
    told = Text(
        f"newest {age / timedelta(hours=1):.0f} hours old",
        f"最新备份 {age / timedelta(hours=1):.0f} 小时前",
    )
    return warn("backups", told, remedy) if age > BACKUP_WARN else well("backups", told.en, told.zh)
