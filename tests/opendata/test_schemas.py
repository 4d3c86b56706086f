"""The way from v0.1 to v1.0.2."""

from fablabmesh.opendata import schemas


def test_services_of_v0_1_become_the_labels_of_v1_in_the_order_of_the_schema():
    found = schemas.translate("services", "Accéder à du matériel;Approfondir ma culture numérique")

    assert found.labels == [
        "Utilisation sécurisée du numérique",
        "Loisirs et créations numériques",
        "Compréhension du monde numérique",
        "Accès internet et matériel informatique",
    ]


def test_what_follows_the_colon_does_not_matter():
    found = schemas.translate("fees", "Gratuit sous condition : critères;Adhésion : il faut adhérer")

    assert found.labels == ["Gratuit sous condition", "Payant"]


def test_labels_of_v1_0_2_stay_as_they_are():
    found = schemas.translate("audiences", "Étudiants|Langues étrangères (anglais)")

    assert found == schemas.Translated(["Étudiants", "Langues étrangères (anglais)"], [], [])


def test_values_without_equivalent_and_unknown_ones_are_told_apart():
    found = schemas.translate("support", "A ma place : une personne habilitée;Par télépathie;Seul")

    assert found == schemas.Translated(["En autonomie"], ["A ma place"], ["Par télépathie"])


def test_the_typographic_apostrophe_is_no_other_value():
    assert schemas.translate("services", "S’équiper en matériel informatique").labels == [schemas.SERVICES[8]]


def test_every_label_translates_to_itself():
    for kind, labels in [
        ("services", schemas.SERVICES),
        ("audiences", schemas.AUDIENCES),
        ("fees", schemas.FEES),
        ("support", schemas.SUPPORT),
    ]:
        assert schemas.translate(kind, "|".join(labels)) == schemas.Translated(list(labels), [], [])
