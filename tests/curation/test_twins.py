"""How alike two pages are, and why, in words."""

import pytest

from fablabmesh.curation.twins import WORTH_A_LOOK, Likeness, Page, compare, tell, web_key

LAB = Page("LabFab", "Rennes", "19 rue Hoche", "labfab.test", "02 99 00 00 00", "fablab")


def score(other: Page, *, similarity: float, metres: float | None, one: Page = LAB) -> bool:
    return compare(one, other, similarity=similarity, metres=metres).score >= WORTH_A_LOOK


@pytest.mark.parametrize(
    ("other", "similarity", "metres", "is_worth"),
    [
        (LAB, 1.0, 0.0, True),
        # Written otherwise, at the same address under another spelling of it.
        (Page("Le LabFab de Rennes", "Rennes", "19, R. Hoche", "", "", "fablab"), 0.45, 30.0, True),
        # The same site and telephone, and a point at the town hall.
        (Page("Lab Fab", "Rennes", "", "labfab.test", "+33 2 99 00 00 00", "fablab"), 0.6, None, True),
        # A digital space of the same name in the same commune; one address, and a point far away.
        (Page("Le LabFab", "rennes", "", "", "", "epn"), 0.6, None, True),
        (Page("LabFab", "Rennes", "19, r. Hoche", "", "", "epn"), 1.0, 9_000.0, True),
        # Namesakes of two hamlets, far apart; another service of the same house; a stranger next door.
        (Page("LabFab", "Rennes", "Le Bourg", "", "", "fablab"), 1.0, 9_000.0, False),
        (Page("Bibliothèque municipale", "Rennes", "19 rue Hoche", "", "", "epn"), 0.05, 0.0, False),
        (Page("Cyber Hoche", "Rennes", "21 rue Hoche", "", "", "epn"), 0.1, 20.0, False),
    ],
)
def test_a_pair_is_worth_a_look_by_several_signs_together(other, similarity, metres, is_worth):
    assert score(other, similarity=similarity, metres=metres) is is_worth


def test_usual_words_and_the_commune_tell_nothing_apart():
    one, other = Page("Fab Lab Artilect Toulouse", "Toulouse"), Page("Artilect FabLab", "Toulouse")

    assert compare(one, other, similarity=0.5, metres=None).name == 100
    # The same service of two communes, under one site, is two places.
    one, other = (Page(f"Mairie de {town}", town, "", "agglo.test", "", "epn") for town in ("Seynod", "Meythet"))
    assert score(other, one=one, similarity=0.5, metres=3_000.0) is False
    # Names of usual words alone are compared as they are.
    assert (
        compare(
            Page("EPN Rennes", "Rennes"), Page("Espace public numérique", "Rennes"), similarity=0.1, metres=None
        ).name
        == 10
    )


def test_a_site_is_the_same_whatever_its_scheme_and_end():
    spelled = ["https://www.LabFab.test/", "http://labfab.test", "https://labfab.test/#", "labfab.test/?"]

    assert {web_key(each) for each in spelled} == {"labfab.test"}
    assert web_key("https://labfab.test/epn/") == "labfab.test/epn"


def test_the_reasons_are_told_in_words(pages):
    alike = Likeness(100, 100, 3, True, True, True)
    less = Likeness(70, 62, 1_234, False, False, False)
    far = Likeness(60, 20, 12_600, False, True, False)
    with pages.test_request_context("/"):
        told = [tell(each.to_json()) for each in (alike, less, far)]

    assert told == [
        ["même nom", "au même endroit", "même adresse", "même site web", "même téléphone"],
        ["noms semblables à 62 %", "à 1\u202f234 m"],
        ["à 13 km", "même site web"],
    ]
