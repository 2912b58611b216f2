"""A real mail server for the tests, on this machine: it keeps what it takes, or refuses."""

import datetime
import socket
import ssl
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

OK = "250 OK"


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


class Postbox:
    """Keeps letters by recipient; `to_recipient` and `to_letter` decide what is answered."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.to_recipient: Callable[[str], str] = lambda address: OK
        self.to_letter: Callable[[str], str] = lambda address: OK
        self.secure: list[bool] = []
        self.logins: list[str] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        answer = self.to_recipient(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (to,) = envelope.rcpt_tos
        answer = self.to_letter(to)
        if answer == OK:
            self.raw.append(envelope.content)
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.letters.append((to, message))
            self.secure.append(server.transport.get_extra_info("ssl_object") is not None)
        return answer

    def login(self, server: Any, session: Any, envelope: Any, how: str, who: Any) -> AuthResult:
        if not isinstance(who, LoginPassword) or who.password != b"the right password":
            return AuthResult(success=False, handled=False)
        self.logins.append(who.login.decode())
        return AuthResult(success=True)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for to, message in self.letters if to == address]


class Office:
    """The server around a postbox, which can be closed and opened again on the same port.

    With `starttls` it asks for encryption and then for a login; with `tls` it speaks nothing else.
    """

    def __init__(
        self,
        box: Postbox,
        *,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.box, self.port, self.tls = box, free_port(), tls
        self.asked: dict[str, Any] = {}
        if starttls is not None:
            self.asked = {
                "tls_context": starttls,
                "require_starttls": True,
                "auth_required": True,
                "authenticator": box.login,
            }
        self.controller: Controller | None = None

    def open(self) -> None:
        self.controller = Controller(
            self.box, hostname="127.0.0.1", port=self.port, ssl_context=self.tls, **self.asked
        )
        self.controller.start()

    def close(self) -> None:
        if self.controller is not None:
            self.controller.stop(no_assert=True)
        self.controller = None


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A fresh certificate for 127.0.0.1: the server's context, and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = folder / "chain.pem"
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain.write_bytes(public + private)
    trusted = folder / "trusted.pem"
    trusted.write_bytes(public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context, trusted
