"""What a letter looks like: plain text and simple HTML, no pictures, nothing that grants access."""

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import quote
from uuid import UUID

import msgspec

from schoolgroup.integration.notices.models import NoticeRow
from schoolgroup.integration.notices.templates import CONTROL, SPACE
from schoolgroup.kernel.texts import Text

SUBJECT_LENGTH_MAX = 160
NOTE = Text(
    "You get this because of your work in {group}. How and when you are told, and whether by mail, "
    "you set yourself: {settings}",
    "您因在{group}的工作收到此邮件。是否接收邮件及接收时间可自行设置：{settings}",
)
CODE_SUBJECT = Text("{group}: confirm your address", "{group}：确认邮箱")
CODE_BODY = Text(
    "Your code is {code}. It proves that this address is yours, holds for 30 minutes and opens "
    "nothing else. If you did not ask for it, leave it.",
    "验证码：{code}。仅用于确认此邮箱属于您，30 分钟内有效，不能用于登录。如非本人操作请忽略。",
)
MANY = Text("{group}: {count} notices", "{group}：{count} 条通知")


class Sender(msgspec.Struct, frozen=True):
    """Who writes: the address, where the server is reached, and whom people write to."""

    address: str
    public_url: str
    contact: str


def line(text: str) -> str:
    """One line of a header: no control or steering characters, single spaces, bounded."""
    return SPACE.sub(" ", CONTROL.sub(" ", text)).strip()[:SUBJECT_LENGTH_MAX]


def message_id(mail_id: UUID, sender: Sender) -> str:
    """The same for every try of a letter, so that a mailbox can tell a repeated one."""
    return f"<{mail_id}@{sender.address.rpartition('@')[2]}>"


def write_notices(
    sender: Sender, mail_id: UUID, made_at: datetime, to: str, language: str, group: str,
    notices: Sequence[NoticeRow],
) -> EmailMessage:  # fmt: skip
    """A letter that tells these notices."""
    heads = [line(notice.subject(language)) for notice in notices]
    if len(notices) == 1:
        subject = f"{group}: {heads[0]}" if language == "en" else f"{group}：{heads[0]}"
    else:
        subject = MANY.within(language).format(group=group, count=len(notices))
    plain, rich = [], []
    for head, notice in zip(heads, notices, strict=True):
        body, at = notice.body(language), sender.public_url + notice.link
        plain.append(f"* {head}\n  {body}\n  {at}\n")
        rich.append(
            f"<li><p><strong>{escape(head)}</strong><br>{escape(body)}<br>"
            f'<a href="{escape(at, quote=True)}">{escape(at)}</a></p></li>'
        )
    return _write(
        sender, mail_id, made_at, to, language, group, subject,
        "\n".join(plain), f"<ul>{''.join(rich)}</ul>",
    )  # fmt: skip


def write_code(
    sender: Sender, mail_id: UUID, made_at: datetime, to: str, language: str, group: str, code: str
) -> EmailMessage:
    """A letter with the code that proves the address it goes to."""
    subject = CODE_SUBJECT.within(language).format(group=group)
    body = CODE_BODY.within(language).format(code=code)
    rich = f"<p>{escape(body)}</p>"
    return _write(sender, mail_id, made_at, to, language, group, subject, body + "\n", rich)


def _write(
    sender: Sender, mail_id: UUID, made_at: datetime, to: str, language: str, group: str,
    subject: str, plain: str, rich: str,
) -> EmailMessage:  # fmt: skip
    settings = f"{sender.public_url}/v1/me/notice-settings"
    note = NOTE.within(language).format(group=group, settings=settings)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(line(group), addr_spec=sender.address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = line(subject)
    message["Date"] = format_datetime(made_at)
    message["Message-ID"] = message_id(mail_id, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message["Content-Language"] = "zh-CN" if language == "zh" else "en"
    if sender.contact:  # RFC 2369: whoever wants out and cannot sign in writes to a person
        message["List-Unsubscribe"] = (
            f"<mailto:{quote(sender.contact, safe='@')}?subject=unsubscribe>"
        )
    message.set_content(f"{plain}\n-- \n{note}\n", cte="base64")
    page = (
        f'<!DOCTYPE html><html lang="{message["Content-Language"]}"><body>{rich}'
        f"<hr><p><small>{escape(note)}</small></p></body></html>"
    )
    message.add_alternative(page, subtype="html", cte="base64")
    return message
