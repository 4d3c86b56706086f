"""Letters on their way out: the one door to smtplib. What is written in them, and when they leave, is not here.

Three things can go wrong, and whose fault it is decides what follows: the server cannot be talked to (nobody's letter
is to blame), it takes the letter later, it will never take it.
"""

import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, getaddresses
from types import TracebackType
from typing import Final, Self
from urllib.parse import unquote, urlsplit

SECURITY: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
PATIENCE = 20.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LONGEST_REASON = 300
_ADDRESS = re.compile(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+")


class _Policy(EmailPolicy):
    """Leaves addresses in headers whole: Python's own hides a long one in RFC 2047 words, which no reader undoes."""

    def fold(self, name: str, value: str) -> str:
        return self._whole(name, value) or str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self._whole(name, value).encode("ascii") or bytes(super().fold_binary(name, value))

    def _whole(self, name: str, value: str) -> str:
        is_whole = name.startswith("List-") or name == "Message-ID"
        return f"{name}: {value}{self.linesep}" if is_whole else ""


_POLICY = _Policy(linesep="\r\n")


class Away(Exception):
    """The server does not answer, hangs, hangs up, or does not let us in."""


class Deferred(Exception):
    """Not now: the letter is to be brought again."""


class Rejected(Exception):
    """Never: 5xx. `is_of_address`: because of whom it goes to, and not of what it says or who brings it."""

    def __init__(self, reason: str, *, is_of_address: bool = False) -> None:
        super().__init__(reason)
        self.is_of_address = is_of_address


@dataclass(frozen=True)
class Server:
    """Where letters are brought. `scheme`: one of SECURITY."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def read_server(url: str) -> Server:
    """`smtp://`, `smtp+starttls://` or `smtps://`, `user:password@` if need be, host, `:port`. ValueError says why not.

    The messages never repeat the address, which holds a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in SECURITY:
        raise ValueError("an address that begins with smtp://, smtp+starttls:// or smtps:// is expected")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("a host is expected after ://, then at most a port")
    port = parts.port or SECURITY[parts.scheme]  # ValueError when it is no number
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and parts.scheme == "smtp" and parts.hostname not in _LOOPBACK:
        raise ValueError("a password does not travel in the clear: write smtp+starttls:// or smtps://")
    return Server(parts.scheme, parts.hostname, port, user, password)


def read_sender(text: str) -> Address:
    """« Fab Lab Mesh <mesh@example.org> » or the address alone. ValueError when it is neither."""
    (name, bare), *others = getaddresses([text]) or [("", "")]
    if others or any(char in text for char in "\r\n") or not re.fullmatch(r"[!-?A-~]+@[A-Za-z0-9.-]+", bare):
        raise ValueError("one address is expected, with or without a name before it")
    return Address(name or "Fab Lab Mesh", addr_spec=bare)


def write_message(
    *,
    sender: Address,
    to: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    written_at: datetime,
    headers: Mapping[str, str],
) -> EmailMessage:
    """The same bytes for the same letter, however often it is brought: servers know doubles by its Message-ID."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = message_id
    # RFC 3834 §5: nobody's « I am away » answers.
    message["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        message[name] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # A boundary that does not depend on chance.
    message.set_boundary(f"part-{message_id.strip('<>').partition('@')[0]}")
    return message


class Line:
    """One connection for the letters of a turn, opened when the first is brought and again when it was lost."""

    def __init__(self, server: Server, *, patience: float = PATIENCE) -> None:
        self._server = server
        self._patience = patience
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Bring one letter. Away, Deferred or Rejected, with a reason that names no address."""
        smtp = self._opened()
        try:
            smtp.send_message(message, sender, [to])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _verdict(code, words, is_of_address=_is_of_address(code, words)) from None
        except smtplib.SMTPDataError as error:
            raise _verdict(error.smtp_code, error.smtp_error, is_of_address=False) from None
        except smtplib.SMTPNotSupportedError as error:
            raise Rejected(_reason(0, str(error))) from None
        except (OSError, smtplib.SMTPException) as error:  # a refused sender too: it is ours
            raise self._lost(error) from None

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is not None and self._smtp.sock is not None:
            return self._smtp
        try:
            return self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise self._lost(error) from None

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self._patience, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=self._patience)
        self._smtp = smtp
        if server.scheme == "smtp+starttls":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        return smtp

    def _lost(self, error: Exception) -> Away:
        self._drop()
        if isinstance(error, smtplib.SMTPResponseException):
            return Away(_reason(error.smtp_code, error.smtp_error))
        return Away(_reason(0, str(error) or type(error).__name__))

    def _hang_up(self) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._drop()
        self._smtp = None

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def _verdict(code: int, words: bytes | str, *, is_of_address: bool) -> Exception:
    if 500 <= code < 600:
        return Rejected(_reason(code, words), is_of_address=is_of_address)
    return Deferred(_reason(code, words))


def _is_of_address(code: int, words: bytes | str) -> bool:
    """RFC 3463 §3.2, §3.3: of the address or the mailbox; without such a code, RFC 5321 §4.2.3.

    « Relaying denied » (5.7.1) says 550 too: a mistake of ours must not pass for one of each reader.
    """
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    found = re.match(r"5\.(\d{1,3})\.\d{1,3}\b", text.strip())
    return found[1] in ("1", "2") if found else code in (550, 551, 553)


def _reason(code: int, words: bytes | str) -> str:
    """What the server said, without the addresses it likes to repeat."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    text = _ADDRESS.sub("…@…", " ".join(text.split()))
    return f"{code} {text}".removeprefix("0 ")[:_LONGEST_REASON]
