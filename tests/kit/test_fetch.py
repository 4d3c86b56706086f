"""Addresses of strangers are asked on the open web and nowhere else, in little time and for few octets."""

import gzip
import ipaddress
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from fablabmesh.kit.fetch import Fence, Unfetched, check_url, fetch, is_open

pytestmark = pytest.mark.slow  # together seconds, of which the fast run has few

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
AGENT = "Essai (+http://localhost)"


class Server:
    """Answers each connection by the next of the given functions, which are handed the socket; keeps the requests."""

    def __init__(self, *answers, host="127.0.0.1"):
        self.answers, self.requests = list(answers), []
        self.socket = socket.create_server((host, 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://lab.test:{self.port}/agenda.ics"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    self.requests.append(connection.recv(65_536).decode("latin-1"))
                    answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
                    answer(connection) if callable(answer) else connection.sendall(answer)
                except OSError:
                    continue


@contextmanager
def serving(*answers, **given):
    server = Server(*answers, **given)
    try:
        yield server
    finally:
        server.socket.close()


def plain(body=CALENDAR, *headers, status="200 OK"):
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def moved(location):
    return plain(b"", f"Location: {location}", status="302 Found")


def here(_host, _port):
    return ["127.0.0.1"]


def ask(server, **given):
    fence = Fence(
        ports=frozenset({80, 443, server.port}),
        allows=lambda address: str(address) == "127.0.0.1",
        seconds=given.pop("seconds", 5.0),
        most_bytes=given.pop("most_bytes", 1000),
    )
    return fetch(given.pop("url", server.url), agent=AGENT, fence=fence, resolve=given.pop("resolve", here), **given)


# --- what is asked -----------------------------------------------------------------------------------------------


def test_a_calendar_is_fetched_under_the_name_of_its_site():
    with serving(plain(CALENDAR, 'ETag: "a"', "Last-Modified: Mon, 02 Mar 2026 09:00:00 GMT")) as server:
        found = ask(server)

    lines = server.requests[0].split("\r\n")
    assert (found.body, found.etag, found.modified) == (CALENDAR, '"a"', "Mon, 02 Mar 2026 09:00:00 GMT")
    assert lines[0] == "GET /agenda.ics HTTP/1.1"
    assert f"Host: lab.test:{server.port}" in lines
    assert f"User-Agent: {AGENT}" in lines
    assert not [line for line in lines if line.lower().startswith(("cookie", "authorization", "referer"))]


def in_two_pieces(connection):
    head, end, body = plain().partition(b"\r\n\r\n")
    connection.sendall(head.replace(b"HTTP/1.1", b"HTTP/1.0") + end)
    time.sleep(0.2)
    connection.sendall(body)


def test_a_body_that_comes_after_its_head_is_waited_for():
    with serving(in_two_pieces) as server:
        assert ask(server).body == CALENDAR


def test_what_has_not_changed_is_not_sent_again():
    with serving(b"HTTP/1.1 304 Not Modified\r\n\r\n") as server:
        found = ask(server, etag='"a"', modified="Mon, 02 Mar 2026 09:00:00 GMT")

    assert (found.is_unchanged, found.body) == (True, b"")
    assert 'If-None-Match: "a"' in server.requests[0]
    assert "If-Modified-Since" not in server.requests[0]


def test_webcal_means_https():
    assert check_url("webcal://lab.test/agenda.ics").geturl() == "https://lab.test/agenda.ics"


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch):
    with serving(plain()) as server, serving(plain(b"proxy")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert ask(server).body == CALENDAR
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("file:///etc/passwd", "Une adresse d’agenda commence"),
        ("gopher://lab.test/", "Une adresse d’agenda commence"),
        ("lab.test/agenda.ics", "Une adresse d’agenda commence"),
        ("https://", "Une adresse d’agenda commence"),
        ("https://lab.test/a b", "Une adresse d’agenda commence"),
        ("https://lab.test/\r\nHost: x", "Une adresse d’agenda commence"),
        ("https://lab.test\\@evil.test/", "Une adresse d’agenda commence"),
        ("https://[::1/", "Une adresse d’agenda commence"),
        ("https://lab.test:99999/", "Une adresse d’agenda commence"),
        ("https://lab.test/" + "a" * 2000, "Une adresse d’agenda commence"),
        ("https://alice:secret@lab.test/", "Une adresse qui contient un nom"),
        ("http://lab.test:22/", "Seuls les ports habituels"),
        ("http://lab.test:5432/", "Seuls les ports habituels"),
    ],
)
def test_an_address_that_is_none_is_refused_with_what_to_write(url, told):
    with pytest.raises(Unfetched) as refused:
        check_url(url)

    assert refused.value.message.startswith(told)


# --- the fence ---------------------------------------------------------------------------------------------------

LOCAL = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("fe80::1", "fe80::1%lo", "fec0::1", "fc00::1", "fd00::1", "ff02::1", "2001:db8::1", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "::ffff:0:127.0.0.1"),
]
WRITTEN = [
    *(
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "localhost",
        "localhost.",
    ),
    *(
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:0:1]",
        "0",
        "0.0.0.0",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
    ),
    *("LOCALHOST", "[::]", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]"),
]


@pytest.mark.parametrize("address", LOCAL)
def test_an_address_that_is_not_of_the_open_internet_is_never_connected_to(address):
    with serving(plain()) as canary:
        fence = Fence(ports=frozenset({canary.port}))
        with pytest.raises(Unfetched) as refused:
            fetch(canary.url, agent=AGENT, fence=fence, resolve=lambda *_: ["1.1.1.1", address])

    assert refused.value.message.startswith("Cette adresse n’est pas sur l’Internet public")
    assert canary.requests == []


@pytest.mark.parametrize("host", WRITTEN)
def test_no_spelling_of_this_machine_is_connected_to(host):
    with serving(plain()) as canary, pytest.raises(Unfetched):
        fetch(f"http://{host}:{canary.port}/", agent=AGENT, fence=Fence(ports=frozenset({canary.port}), seconds=3))

    assert canary.requests == []


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "80.67.169.12", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_the_open_internet_is_open(address):
    assert is_open(ipaddress.ip_address(address))


def test_a_redirection_to_this_machine_is_not_followed():
    with serving(plain()) as canary, serving(moved(f"http://inside.test:{canary.port}/")) as server:
        answers = {"lab.test": ["127.0.0.1"], "inside.test": ["127.0.0.2"]}
        fence = Fence(ports=frozenset({server.port, canary.port}), allows=lambda address: str(address) == "127.0.0.1")
        with pytest.raises(Unfetched, match="Internet public"):
            fetch(server.url, agent=AGENT, fence=fence, resolve=lambda host, _port: answers[host])

    assert (len(server.requests), canary.requests) == (1, [])


def test_a_name_that_changes_its_mind_is_asked_once():
    asked = []

    def rebind(host, _port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with serving(plain()) as server:
        assert ask(server, resolve=rebind).body == CALENDAR
    assert asked == ["lab.test"]


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://lab.test/", "http://alice:a@lab.test/", "http://lab.test:22/"]
)
def test_a_redirection_out_of_the_web_is_not_followed(location):
    with serving(moved(location)) as server, pytest.raises(Unfetched):
        ask(server)

    assert len(server.requests) == 1


def test_three_redirections_are_followed_and_not_four():
    with serving(moved("/b"), moved("c"), moved("/d"), plain()) as server:
        assert ask(server).body == CALENDAR
    with serving(moved("/toujours")) as server, pytest.raises(Unfetched, match="trop de fois"):
        ask(server)
    assert len(server.requests) == 4


# --- how much, how long ------------------------------------------------------------------------------------------


def drip(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
    for _second in range(30):
        connection.sendall(b"a")
        time.sleep(0.2)


def drip_head(connection):
    for letter in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 100:
        connection.sendall(bytes([letter]))
        time.sleep(0.1)


def silence(_connection):
    time.sleep(4)


@pytest.mark.slow
@pytest.mark.parametrize("answer", [drip, drip_head, silence])
def test_an_answer_that_drips_is_given_up(answer):
    with serving(answer) as server:
        start = time.monotonic()
        with pytest.raises(Unfetched, match="trop de temps"):
            ask(server, seconds=1.0)

    assert time.monotonic() - start < 2


@pytest.mark.slow
def test_a_name_that_nobody_answers_for_is_given_up():
    start = time.monotonic()
    with serving(plain()) as server, pytest.raises(Unfetched, match="trop de temps"):
        ask(server, seconds=0.5, resolve=lambda *_: time.sleep(3) or ["127.0.0.1"])

    assert time.monotonic() - start < 2


def endless(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _piece in range(1000):
        connection.sendall(b"a" * 10_000)


def test_too_much_is_not_taken():
    bomb = gzip.compress(b"\0" * 50_000_000)
    for answer in (plain(b"a" * 1001), endless, plain(bomb, "Content-Encoding: gzip")):
        with serving(answer) as server, pytest.raises(Unfetched, match="dépasse"):
            ask(server)


def test_just_enough_is_taken():
    with serving(plain(b"a" * 1000)) as server:
        assert len(ask(server).body) == 1000
    with serving(plain(gzip.compress(CALENDAR), "Content-Encoding: gzip")) as server:
        assert ask(server).body == CALENDAR


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (plain(status="404 Not Found"), "Il n’y a rien à cette adresse"),
        (plain(status="403 Forbidden"), "en refuse la lecture"),
        (plain(status="500 Oops"), "répond par une erreur .500."),
        (plain(status="204 No Content"), "répond par une erreur .204."),
        (plain(b"x", "Content-Encoding: br"), "compression inconnue"),
        (plain(b"no gzip", "Content-Encoding: gzip"), "répond de travers"),
        (plain(gzip.compress(CALENDAR)[:-9], "Content-Encoding: gzip"), "répond de travers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nBEGIN", "répond de travers"),
        (b"SSH-2.0-OpenSSH\r\n", "répond de travers"),
        (b"", "répond de travers"),
    ],
)
def test_what_is_no_good_answer_is_told(answer, told):
    with serving(answer) as server, pytest.raises(Unfetched, match=told):
        ask(server)


def test_a_name_that_does_not_exist_is_told():
    def unknown(*_):
        raise socket.gaierror("no such name")

    with serving(plain()) as server, pytest.raises(Unfetched, match="ne répond pas"):
        ask(server, resolve=unknown)


def test_a_certificate_of_nobody_is_told():
    with serving(plain()) as server, pytest.raises(Unfetched):
        ask(server, url=f"https://lab.test:{server.port}/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """For lab.test, signed by itself: certificate and key in one file."""
    file = tmp_path_factory.mktemp("tls") / "lab.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", file, "-out", f"{file}.crt"]
    subject = ["-subj", "/CN=lab.test", "-addext", "subjectAltName=DNS:lab.test", "-days", "2"]
    subprocess.run([*command, *subject], check=True, capture_output=True)
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


@pytest.fixture
def over_tls(certificate):
    """Answers one calendar to whoever says the name of the site; `.names`: the names that were said."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    def answer(connection):
        with context.wrap_socket(connection, server_side=True) as inside:
            inside.recv(65_536)
            inside.sendall(plain())

    class Shy(Server):
        def _serve(self):
            while True:
                try:
                    connection, _address = self.socket.accept()
                    answer(connection)
                except OSError:
                    if self.socket.fileno() < 0:
                        return

    server = Shy()
    server.names = names
    yield server
    server.socket.close()


def test_a_site_is_held_to_its_name_over_tls(over_tls, certificate, monkeypatch):
    with pytest.raises(Unfetched, match="certificat"):
        ask(over_tls, url=f"https://lab.test:{over_tls.port}/agenda.ics")

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert ask(over_tls, url=f"https://lab.test:{over_tls.port}/agenda.ics").body == CALENDAR
    assert over_tls.names == ["lab.test", "lab.test"]

    with pytest.raises(Unfetched, match="certificat"):
        ask(over_tls, url=f"https://other.test:{over_tls.port}/agenda.ics")


def test_the_next_address_is_tried_when_one_is_silent():
    with serving(plain()) as server:
        fence = Fence(ports=frozenset({server.port}), allows=lambda _address: True, seconds=5)
        found = fetch(server.url, agent=AGENT, fence=fence, resolve=lambda *_: ["127.0.0.9", "127.0.0.1"])

    assert found.body == CALENDAR
