"""Which mail addresses prove that somebody is of a place."""

import pytest

from fablabmesh.teams.domains import host_of, is_shared, proves


@pytest.mark.parametrize(
    ("email", "website"),
    [
        ("contact@labfab.fr", "https://www.labfab.fr/"),
        ("contact@labfab.fr", "http://labfab.fr"),
        ("contact@labfab.fr", "labfab.fr"),
        ("Contact@LabFab.FR", "https://LABFAB.fr/index.html"),
        ("contact@labfab.fr", "https://fr.labfab.fr/fr/"),
        ("lea@equipe.labfab.fr", "https://labfab.fr"),
        ("lea@lab.universite.fr", "https://lab.universite.fr/"),
        ("lea@l-etabli.bzh", "https://l-etabli.bzh#top"),
        ("lea@xn--tabli-9ra.fr", "https://établi.fr"),
    ],
)
def test_an_address_of_the_places_own_domain_proves(email, website):
    assert proves(email, website) is True


@pytest.mark.parametrize(
    ("email", "website"),
    [
        # Another domain, or one that only looks alike.
        ("contact@autre.fr", "https://labfab.fr"),
        ("contact@xlabfab.fr", "https://labfab.fr"),
        ("contact@labfab.fr.pirate.com", "https://labfab.fr"),
        ("contact@fr", "https://labfab.fr"),
        # Above: the whole university is not its lab.
        ("etudiant@universite.fr", "https://fablab.universite.fr"),
        ("quelqu.un@fr", "https://www.fr"),
        # A page of somebody else's site.
        ("agent@ville.fr", "https://www.ville.fr/culture/fablab"),
        ("agent@ville.fr", "https://www.ville.fr/?page=fablab"),
        # Where anybody has an address, or a page.
        ("lab@gmail.com", "https://gmail.com"),
        ("lab@facebook.com", "https://facebook.com/"),
        ("lab@free.fr", "http://labfab.free.fr"),
        ("lab@labfab.free.fr", "http://labfab.free.fr"),
        ("lab@wordpress.com", "https://labfab.wordpress.com"),
        ("lab@ac-rennes.fr", "https://ac-rennes.fr"),
        ("lab@lycee.ac-rennes.fr", "https://lycee.ac-rennes.fr"),
        ("lab@finances.gouv.fr", "https://finances.gouv.fr"),
        # No site, no address.
        ("lab@labfab.fr", ""),
        ("lab@labfab.fr", "mailto:lab@labfab.fr"),
        ("lab@labfab.fr", "https://[::1"),
        ("lab@127.0.0.1", "https://127.0.0.1"),
        ("", "https://labfab.fr"),
        ("lab@labfab.fr\n", "https://autre.fr"),
    ],
)
def test_nothing_near_it_does(email, website):
    assert proves(email, website) is False


def test_a_front_label_is_left_out_only_where_a_domain_remains():
    assert [
        host_of(site) for site in ("https://www.fr", "https://www.lab.fr", "https://web.lab.fr", "https://fr.lab")
    ] == [
        "www.fr",
        "lab.fr",
        "lab.fr",
        "fr.lab",
    ]


def test_what_lies_below_a_shared_domain_is_shared():
    assert [is_shared(host) for host in ("free.fr", "a.b.free.fr", "ac-paris.fr", "labfab.fr")] == [
        True,
        True,
        True,
        False,
    ]
