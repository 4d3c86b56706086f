"""Addresses of servers, the bytes of a letter, and what a real server can answer."""

import email
import email.policy
import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime

import pytest
from aiosmtpd.smtp import AuthResult

from fablabmesh.kit.smtp import (
    Away,
    Deferred,
    Line,
    Rejected,
    Server,
    _is_of_address,
    read_sender,
    read_server,
    write_message,
)
from tests.postbox import serve_mail

pytestmark = pytest.mark.slow  # together seconds, of which the fast run has few

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def make_message(to="alice@exemple.test", **values):
    given = {
        "sender": read_sender("Réseau des labs <mesh@exemple.test>"),
        "to": to,
        "subject": "Agenda : été à Rennes",
        "text": "Bonjour,\n\nle « fablab » vous attend.\n",
        "html": "<p>Le « fablab » vous attend.</p>\n",
        "message_id": "<0123456789abcdef@mesh.exemple.test>",
        "written_at": NOW,
        "headers": {},
    } | values
    return write_message(**given)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.exemple.test", Server("smtp", "mail.exemple.test", 25)),
        (
            "smtp+starttls://moi:p%40ss@mail.exemple.test",
            Server("smtp+starttls", "mail.exemple.test", 587, "moi", "p@ss"),
        ),
        ("smtps://moi:x@mail.exemple.test:2465", Server("smtps", "mail.exemple.test", 2465, "moi", "x")),
        ("smtp://moi:x@127.0.0.1:1025", Server("smtp", "127.0.0.1", 1025, "moi", "x")),
    ],
)
def test_a_server_is_read_from_its_address(url, server):
    assert read_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.exemple.test",
        "http://mail.exemple.test",
        "smtp://",
        "smtp://moi:secret@mail.exemple.test",
        "smtps://moi:secret@mail.exemple.test:port",
        "smtps://moi:secret@mail.exemple.test/path",
    ],
)
def test_an_address_that_cannot_work_is_refused_without_repeating_the_password(url):
    with pytest.raises(ValueError, match=r".") as refusal:
        read_server(url)

    assert "secret" not in str(refusal.value)


def test_the_password_is_not_shown_by_chance():
    assert "secret" not in repr(read_server("smtps://moi:secret@mail.exemple.test"))


@pytest.mark.parametrize("text", ["", "Fab Lab Mesh", "a@b.test, c@d.test", "a@b.test\r\nBcc: c@d.test", "a b@c.test"])
def test_a_sender_is_one_address(text):
    with pytest.raises(ValueError, match="one address"):
        read_sender(text)


def test_a_letter_is_the_same_bytes_each_time():
    assert make_message().as_bytes() == make_message().as_bytes()


def test_a_letter_reads_back_as_it_was_written():
    read = email.message_from_bytes(make_message().as_bytes(), policy=email.policy.default)

    assert str(read["Subject"]) == "Agenda : été à Rennes"
    assert str(read["From"]) == "Réseau des labs <mesh@exemple.test>"
    assert read["Date"].datetime == NOW
    assert read["Message-ID"] == "<0123456789abcdef@mesh.exemple.test>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in read.iter_parts()] == [
        "Bonjour,\n\nle « fablab » vous attend.\n",
        "<p>Le « fablab » vous attend.</p>\n",
    ]


def test_every_line_of_a_letter_is_plain_and_short():
    message = make_message(text="é" * 3000, subject="à" * 200, html="<p>" + "œ" * 3000 + "</p>")

    assert all(len(line) <= 78 and line.isascii() for line in message.as_bytes().split(b"\r\n"))


def test_a_long_address_in_a_header_stays_whole():
    link = f"<https://{'lettres.' * 12}exemple.test/lettres/arreter/12-{'a' * 22}>"
    message = make_message(headers={"List-Unsubscribe": link, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})

    raw = message.as_bytes().replace(b"\r\n ", b" ").decode("ascii")
    assert f"List-Unsubscribe: {link}\r\n" in raw.replace(":  ", ": ")
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


@pytest.mark.parametrize("name", ["subject", "to"])
def test_nothing_typed_becomes_a_header(name):
    with pytest.raises(ValueError, match=r"."):
        make_message(**{name: "alice@exemple.test\r\nBcc: bob@exemple.test"})


def test_letters_of_a_turn_share_one_connection():
    with serve_mail() as box, Line(box.server) as line:
        for number in range(3):
            line.send(make_message(), sender="mesh@exemple.test", to=f"p{number}@exemple.test")

    assert box.addresses == ["p0@exemple.test", "p1@exemple.test", "p2@exemple.test"]
    assert box.greetings == 1


@pytest.mark.parametrize(
    ("mood", "kind", "reason"),
    [
        ("refuse", Rejected, "550 5.1.1 <…@…>: no such user here"),
        ("defer", Deferred, "451 4.7.1 <…@…>: greylisted, come back later"),
        ("deny", Rejected, "550 5.7.1 relaying denied"),
        ("refuse words", Rejected, "554 5.7.1 this looks like spam"),
        ("full", Deferred, "452 4.3.1 no room"),
    ],
)
def test_what_the_server_answers_decides_and_names_nobody(mood, kind, reason):
    with serve_mail() as box, Line(box.server) as line:
        box.mood = mood
        with pytest.raises(kind) as trouble:
            line.send(make_message(), sender="mesh@exemple.test", to="alice@exemple.test")
        box.mood = "accept"
        line.send(make_message(), sender="mesh@exemple.test", to="bob@exemple.test")

    assert str(trouble.value) == reason
    assert box.addresses == ["bob@exemple.test"]


@pytest.mark.slow
@pytest.mark.parametrize("mood", ["drop", "hang"])
def test_a_server_that_hangs_or_hangs_up_is_called_again(mood):
    with serve_mail() as box, Line(box.server, patience=0.5) as line:
        box.mood = mood
        with pytest.raises(Away):
            line.send(make_message(), sender="mesh@exemple.test", to="alice@exemple.test")
        box.mood = "accept"
        line.send(make_message(), sender="mesh@exemple.test", to="bob@exemple.test")

    assert box.addresses == ["bob@exemple.test"]
    assert box.greetings == 2


def test_nobody_there_and_somebody_silent_are_away():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Away), Line(Server("smtp", "127.0.0.1", port), patience=0.3) as line:
            line.send(make_message(), sender="mesh@exemple.test", to="alice@exemple.test")
    with pytest.raises(Away), Line(Server("smtp", "127.0.0.1", port), patience=0.3) as line:
        line.send(make_message(), sender="mesh@exemple.test", to="alice@exemple.test")


def test_a_password_is_never_sent_where_starttls_is_not_offered():
    with serve_mail() as box:
        server = Server("smtp+starttls", "127.0.0.1", box.server.port, "moi", "secret")
        with pytest.raises(Away), Line(server) as line:
            line.send(make_message(), sender="mesh@exemple.test", to="alice@exemple.test")

    assert box.received == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted():
    heard = []

    def listen(server):
        connection, _address = server.accept()
        with connection:
            heard.append(connection.recv(65_536))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen, args=(server,))
        thread.start()
        with pytest.raises(Away), Line(Server("smtps", "127.0.0.1", server.getsockname()[1], "moi", "secret")) as line:
            line.send(make_message(), sender="mesh@exemple.test", to="alice@exemple.test")
        thread.join()

    assert heard[0][:1] == b"\x16"  # the beginning of TLS, before any word


@pytest.mark.parametrize(
    ("code", "words", "blamed"),
    [
        (550, b"5.1.1 no such user", True),
        (550, b"5.2.1 mailbox disabled", True),
        (550, b"5.7.1 relaying denied", False),
        (554, b"5.4.14 hop count exceeded", False),
        (550, b"No such user here", True),
        (553, b"mailbox name not allowed", True),
        (554, b"transaction failed", False),
        (530, b"authentication required", False),
    ],
)
def test_an_address_is_not_blamed_for_a_mistake_of_ours(code, words, blamed):
    assert _is_of_address(code, words) is blamed


# --- over TLS ----------------------------------------------------------------------------------------------------


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """What a server with a certificate speaks, which this process is told to trust."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make.split(), *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def only_the_right_word(_server, _session, _envelope, _mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"mesh", b"p@ss"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd does not see that it is wrapped
@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_letter_is_brought_over_tls_with_a_password(tls, scheme):
    given = {"authenticator": only_the_right_word, "auth_required": True, "auth_require_tls": scheme != "smtps"}
    with serve_mail(tls=tls, is_wrapped=scheme == "smtps", **given) as box:
        right = read_server(f"{scheme}://mesh:p%40ss@localhost:{box.port}")
        with Line(right) as line:
            line.send(make_message(), sender="mesh@exemple.test", to="alice@exemple.test")
        wrong = read_server(f"{scheme}://mesh:guess@localhost:{box.port}")
        with pytest.raises(Away, match="535") as trouble, Line(wrong) as line:
            line.send(make_message(), sender="mesh@exemple.test", to="bob@exemple.test")

    assert box.addresses == ["alice@exemple.test"]
    assert "guess" not in str(trouble.value)


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_certificate_of_another_name_is_refused(tls, scheme):
    with serve_mail(tls=tls, is_wrapped=scheme == "smtps") as box:
        server = read_server(f"{scheme}://mesh:p%40ss@127.0.0.1:{box.port}")
        with pytest.raises(Away, match="certificate"), Line(server) as line:
            line.send(make_message(), sender="mesh@exemple.test", to="alice@exemple.test")

    assert box.received == []
