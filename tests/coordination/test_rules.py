"""What is said of a pole."""

from fablabmesh.coordination.rules import Contact, unknown


def test_a_contact_is_the_same_when_all_of_it_is():
    assert Contact("Réseau", email="a@b.fr") == Contact("Réseau", "", None, "", "a@b.fr")
    assert Contact("Réseau") != Contact("Réseau", phone="02")


def test_what_is_not_published_is_not_told_from_what_is_not_there(pages):
    with pages.test_request_context("/"):
        assert unknown() == "Cette nouvelle n’existe pas, ou n’est pas publiée."
