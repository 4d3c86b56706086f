"""What strangers' addresses answer, fetched behind a fence: the open web and nothing of ours. Pure but for the network.

A name is looked up once, each of its addresses must be one of the open Internet, and the connection goes to the one
that was checked; so does each step of a redirection. No more is taken than was agreed, in octets and in seconds,
however slowly they drip. Proxies of the environment are not asked, cookies and passwords neither sent nor kept. The
standard library's client is used, because it connects where it is told; others look names up by themselves.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from fablabmesh.kit.i18n import gettext as _

MOST_BYTES = 5 * 1024 * 1024
SECONDS = 10.0
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2000
PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
# Ways to write one Internet inside the other: what is meant must be open, too.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")


class Unfetched(Exception):
    """Nothing came, or nothing that may be taken. `message` says why to people; no address stands in it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Fence:
    """What is allowed. Tests open a port of their own machine; nobody else does."""

    ports: frozenset[int] = frozenset(PORTS.values())
    allows: Callable[[Address], bool] = lambda address: is_open(address)
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES


@dataclass(frozen=True)
class Fetched:
    """An answer. `is_unchanged`: what was known before still holds, and `body` is empty."""

    body: bytes
    etag: str = ""
    modified: str = ""
    is_unchanged: bool = False


def fetch(
    url: str,
    *,
    agent: str,
    etag: str = "",
    modified: str = "",
    fence: Fence = Fence(),
    resolve: Resolve | None = None,
    accept: str = "text/calendar, */*;q=0.1",
) -> Fetched:
    """GET, conditional on what the last answer said. Unfetched for all that is not a plain, small, timely answer."""
    deadline = monotonic() + fence.seconds
    headers = {"User-Agent": agent, "Accept": accept, "Accept-Encoding": "gzip"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": modified} if modified and not etag else {}
    try:
        for _step in range(MOST_REDIRECTS + 1):
            parts = check_url(url, fence.ports)
            answer = _ask(parts, headers, fence, resolve or look_up, deadline)
            if isinstance(answer, Fetched):
                return answer
            url = urljoin(parts.geturl(), answer)
    except TimeoutError as error:
        raise Unfetched(_("Le site de l’agenda met trop de temps à répondre.")) from error
    except ssl.SSLError as error:
        raise Unfetched(_("Le certificat du site de l’agenda n’est pas valable.")) from error
    except (OSError, http.client.HTTPException, zlib.error, UnicodeError, ValueError) as error:
        raise Unfetched(_("Le site de l’agenda ne répond pas, ou répond de travers.")) from error
    raise Unfetched(_("L’adresse renvoie trop de fois vers une autre."))


def check_url(url: str, ports: frozenset[int] = frozenset(PORTS.values())) -> SplitResult:
    """An address that may be asked. Unfetched, with what to write instead, for any other."""
    url = url.strip()
    for scheme in ("webcal://", "webcals://"):
        if url.lower().startswith(scheme):
            url = "https://" + url[len(scheme) :]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unfetched(_bad_url()) from error
    if parts.scheme not in PORTS or not parts.hostname or len(url) > LONGEST_ADDRESS:
        raise Unfetched(_bad_url())
    if any(char.isspace() or ord(char) < 33 or char in '\\<>"' for char in url):
        raise Unfetched(_bad_url())
    if parts.username is not None or parts.password is not None:
        raise Unfetched(_("Une adresse qui contient un nom et un mot de passe n’est pas acceptée."))
    if (port or PORTS[parts.scheme]) not in ports:
        raise Unfetched(_("Seuls les ports habituels du web (80 et 443) sont acceptés."))
    return parts._replace(fragment="")


def _bad_url() -> str:
    return _("Une adresse d’agenda commence par https:// ou webcal:// (exemple : https://mon-lab.fr/agenda.ics).")


# --- names and addresses -----------------------------------------------------------------------------------------


def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, by the operating system."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def is_open(address: Address) -> bool:
    """Is it of the open Internet, and of nothing of ours under another spelling?"""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None or address in _NAT64:
            return is_open(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        inside = [address.sixtofour, *(address.teredo or ())]
        if any(each is not None and not is_open(each) for each in inside):
            return False
        if address.is_site_local or address in _LOCAL_NAT64:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _checked_addresses(host: str, port: int, fence: Fence, resolve: Resolve, deadline: float) -> list[str]:
    """All of them, or none: a name that means both worlds is a trap."""
    answers = _in_time(lambda: list(resolve(host, port)), deadline)
    found = list(dict.fromkeys(answers))
    if not found or len(found) > 64:
        raise OSError("no address, or too many")
    for text in found:
        # A scope (fe80::1%eth0) is of this machine.
        if "%" in text or not fence.allows(ipaddress.ip_address(text)):
            raise Unfetched(_("Cette adresse n’est pas sur l’Internet public : elle n’est pas suivie."))
    return found


def _in_time(work: Callable[[], list[str]], deadline: float) -> list[str]:
    """The operating system looks names up for as long as it likes."""
    found: list[list[str]] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            found.append(work())
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - monotonic()))
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError
    return found[0]


# --- one question ------------------------------------------------------------------------------------------------


def _ask(parts: SplitResult, headers: dict[str, str], fence: Fence, resolve: Resolve, deadline: float) -> Fetched | str:
    """The answer, or the address it sends to."""
    host = (parts.hostname or "").encode("idna").decode("ascii") if not _is_number(parts.hostname) else parts.hostname
    port = parts.port or PORTS[parts.scheme]
    addresses = _checked_addresses(host or "", port, fence, resolve, deadline)
    connection = http.client.HTTPConnection(host or "", port)
    connection.default_port = PORTS[parts.scheme]
    # Given, so that the client has nothing to look up.
    sock = _connect(addresses, host or "", port, parts.scheme == "https", deadline)
    connection.sock = sock
    try:
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]{}|")
        connection.request("GET", urlunsplit(("", "", path, query, "")) or "/", headers=headers)
        return _read(connection.getresponse(), fence)
    finally:
        sock.end()


def _is_number(host: str | None) -> bool:
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return True


def _read(answer: http.client.HTTPResponse, fence: Fence) -> Fetched | str:
    if answer.status in _REDIRECTS and answer.headers.get("Location"):
        return str(answer.headers["Location"])
    if answer.status == 304:
        return Fetched(b"", is_unchanged=True)
    if answer.status in (401, 403):
        raise Unfetched(
            _("Le site de l’agenda en refuse la lecture : rendez l’agenda public, puis recopiez l’adresse.")
        )
    if answer.status in (404, 410):
        raise Unfetched(_("Il n’y a rien à cette adresse : recopiez-la depuis votre logiciel."))
    if answer.status != 200:
        raise Unfetched(_("Le site de l’agenda répond par une erreur (%(status)s).", status=answer.status))
    etag, modified = answer.headers.get("ETag") or "", answer.headers.get("Last-Modified") or ""
    return Fetched(_body(answer, fence), _header(etag), _header(modified))


def _body(answer: http.client.HTTPResponse, fence: Fence) -> bytes:
    encoding = (answer.headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise Unfetched(_("Le site de l’agenda répond dans une compression inconnue."))
    inflater = zlib.decompressobj(31) if encoding != "identity" else None
    body = b""
    while piece := answer.read1(65_536):
        while piece:
            room = fence.most_bytes + 1 - len(body)
            body += inflater.decompress(piece, room) if inflater else piece
            piece = inflater.unconsumed_tail if inflater else b""
            if len(body) > fence.most_bytes:
                raise Unfetched(_("L’agenda dépasse 5 Mo : donnez l’adresse d’une période plus courte."))
    if inflater is not None and not inflater.eof:
        raise OSError("cut")
    if inflater is None and answer.length:
        raise OSError("cut")
    return body


def _header(text: str) -> str:
    """As it may be sent back."""
    return text if len(text) < 500 and text.isascii() and text.isprintable() else ""


def _connect(addresses: Sequence[str], host: str, port: int, is_tls: bool, deadline: float) -> "_Patient":
    failure: OSError = TimeoutError()
    for address in addresses[:4]:
        try:
            plain = socket.create_connection((address, port), timeout=_left(deadline))
        except OSError as error:
            failure = error
            continue
        try:
            plain.settimeout(_left(deadline))
            sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if is_tls else plain
        except BaseException:
            plain.close()
            raise
        return _Patient(sock, deadline)
    raise failure


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Patient:
    """A socket that gives up at a moment, and not so long after each octet."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, *_args: Any, **_given: Any) -> io.BufferedReader:
        return io.BufferedReader(_Stream(self._sock, self._deadline))

    def close(self) -> None:
        """The client closes as soon as it has the head of an answer; its body is still to be read."""

    def end(self) -> None:
        self._sock.close()


class _Stream(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv_into(buffer)
