"""Whatever address people write, and whatever a name means: nothing of this machine or its network is asked.

A canary listens at every address of the machine, in both worlds; each door that asks the outside is tried.
"""

import contextlib
import socket
import threading
from datetime import timedelta

import pytest

from fablabmesh.imports import actions, source_actions
from fablabmesh.imports.source_actions import Fetcher
from fablabmesh.kit.fetch import Fence, is_open, look_up
from fablabmesh.kit.geocoding import Geocoder
from fablabmesh.maps.background import Carrier, NoTile
from tests.factories import NOW, make_place
from tests.kit.test_fetch import LOCAL, WRITTEN, moved, serving
from tests.test_architecture import MODULES, imports, place

# Each by which an octet may leave; the first asks what strangers wrote, the others what the operator named.
WAYS_OUT = {"kit/fetch.py", "kit/smtp.py", "signin/providers.py"}
NETWORK = {"http.client", "urllib.request", "requests", "httpx", "aiohttp", "urllib3", "smtplib", "ftplib", "socket"}
# Names that anybody may have made, and what they would be said to mean.
NAMES = {f"piege{number}.test": [address] for number, address in enumerate(LOCAL)}
NAMES |= {"double.test": ["1.1.1.1", "127.0.0.1"], "vide.test": []}


class Canary:
    """Hears who connects, wherever to on this machine."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port = self.socket.getsockname()[1]
        self.heard: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, address = self.socket.accept()
                self.heard.append(address[0])
                connection.close()


@pytest.fixture
def canary():
    made = Canary()
    yield made
    made.socket.close()


def resolve(host, port):
    """What the names of strangers mean; of everything else the machine itself is asked, as it would be."""
    return NAMES[host] if host in NAMES else look_up(host, port)


def fetcher_to(canary) -> Fetcher:
    """As it is when it serves, but that the canary's port is allowed, as if it listened where the web does."""
    return Fetcher("Essai", Fence(ports=frozenset({80, 443, canary.port}), seconds=3), resolve)


def disguised(port: int) -> list[str]:
    """Some fifty addresses that would lead here."""
    return [f"http://{host}:{port}/agenda.ics" for host in (*WRITTEN, *NAMES)]


def test_the_canary_sings(canary):
    """Else its silence would prove nothing."""
    for host in ("127.0.0.1", "127.9.9.9", "::1", socket.gethostname()):
        with contextlib.suppress(OSError), socket.create_connection((host, canary.port), timeout=2) as connection:
            connection.recv(1)

    assert {"::ffff:127.0.0.1", "::1"} <= set(canary.heard)


def test_there_are_no_other_ways_out():
    found = {
        place(module)
        for module in MODULES
        if any(name in NETWORK or name.split(".")[0] in NETWORK for name in imports(module))
    }

    assert found - WAYS_OUT == set()


def test_a_calendar_to_import_is_asked_of_none_of_them(db, alice, canary):
    db().info["fetcher"] = fetcher_to(canary)
    lab = make_place(managers=(alice,))
    told = {}
    for url in disguised(canary.port):
        asked = actions.ask_import(lab, by=alice, now=NOW, url=url, category_slug="atelier", language="fr", tongue="fr")
        actions.work(NOW)
        told[url] = asked.failure
        actions.forget(asked)

    assert [url for url, failure in told.items() if not failure] == []
    assert len(told) > 50
    assert canary.heard == []


def test_a_calendar_that_is_followed_is_asked_of_none_of_them(db, alice, canary):
    """It may have been followed for years when its name begins to mean something else."""
    db().info["fetcher"] = fetcher_to(canary)
    for number, url in enumerate(disguised(canary.port)):
        if number % 9 == 0:
            lab = make_place(managers=(alice,))
        given = {"name": "", "category_slug": "atelier", "language": "fr", "every_minutes": 60, "ignored_uids": ()}
        source_actions.follow(lab, url, **given, by=alice, now=NOW)

    assert source_actions.follow_due(NOW + timedelta(hours=2)) == len(disguised(0))
    assert canary.heard == []


def test_where_an_open_site_sends_on_to_is_held_to_the_same(db, alice, canary):
    lab, told = make_place(managers=(alice,)), []
    for url in disguised(canary.port):
        # One address of this machine stands for the open Internet.
        with serving(moved(url), host="127.77.0.1") as outside:
            ports = frozenset({canary.port, outside.port})
            fence = Fence(ports, seconds=3, allows=lambda address: str(address) == "127.77.0.1" or is_open(address))
            names = {"ouvert.test": ["127.77.0.1"]}
            look = lambda host, port, names=names: names.get(host) or resolve(host, port)  # noqa: E731
            db().info["fetcher"] = Fetcher("Essai", fence, look)
            start = f"http://ouvert.test:{outside.port}/"
            given = {"category_slug": "atelier", "language": "fr", "tongue": "fr"}
            asked = actions.ask_import(lab, by=alice, now=NOW, url=start, **given)
            actions.work(NOW)
            told.append((len(outside.requests), bool(asked.failure)))
            actions.forget(asked)

    assert set(told) == {(1, True)}
    assert canary.heard == []


def test_an_address_with_a_port_or_a_name_of_ours_is_refused_in_the_form(as_person, alice, canary):
    lab = make_place(managers=(alice,))
    browser = as_person(alice)
    for url in disguised(canary.port):
        answer = browser.post(f"/lieux/{lab.slug}/importer", data={"url": url, "category": "atelier", "language": "fr"})
        assert (url, answer.status_code) == (url, 422)

    assert canary.heard == []


@pytest.mark.parametrize("host", ["localhost", "localhost.", "LOCALHOST", "ip6-localhost"])
def test_a_geocoder_that_is_a_name_of_ours_is_not_asked(canary, host):
    assert Geocoder(f"http://{host}:{canary.port}/search", "Essai").find("19 rue Hoche, Rennes") == []
    assert canary.heard == []


def test_a_geocoder_that_sends_on_is_not_followed_inside(canary):
    for url in (f"http://{host}:{canary.port}/search" for host in WRITTEN if host != "127.0.0.1"):
        with serving(moved(url)) as outside:
            found = Geocoder(f"http://127.0.0.1:{outside.port}/search", "Essai").find("19 rue Hoche, Rennes")
            assert (url, found, len(outside.requests)) == (url, [], 1)

    assert canary.heard == []


def test_a_server_of_tiles_that_sends_on_is_not_followed_inside(canary, tmp_path):
    for url in (f"http://{host}:{canary.port}/1.png" for host in WRITTEN if host != "127.0.0.1"):
        with serving(moved(url)) as outside:
            carrier = Carrier(f"http://127.0.0.1:{outside.port}/{{z}}/{{x}}/{{y}}.png", tmp_path, "Essai")
            with pytest.raises(NoTile):
                carrier.bring(1, 0, 0, now=0.0)
            assert (url, len(outside.requests)) == (url, 1)

    assert canary.heard == []


def test_no_page_makes_the_server_ask_what_an_address_says(client, canary):
    """Parameters that hold addresses are addresses, and are not looked at."""
    url = f"http://127.0.0.1:{canary.port}/x"
    for path in ("/connexion?suite={}", "/integrer?lieu={}", "/agenda?q={}", "/lieux/?q={}", "/chercher?q={}"):
        assert client.get(path.format(url)).status_code in (200, 400, 404)
    assert canary.heard == []
