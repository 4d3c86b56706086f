"""From a file to places: refused only without a name or a whereabouts; everything else is mended and said."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fablabmesh.opendata.gazetteer import Gazetteer, Town
from fablabmesh.opendata.lieux import read_lieux
from fablabmesh.opendata.report import Fault, Severity
from fablabmesh.places.rules import PlaceKind, Precision

AIX = Town("73008", "Aix-les-Bains", ("73100",), "73", 45.69, 5.91, 30_000)
MURE = Town("38269", "La Mure", ("38350",), "38", 44.9, 5.78, 5_000)
SMALL = Gazetteer([AIX, MURE])
ROW = {
    "id": "6",
    "nom": "Espace public numérique",
    "commune": "AIX LES BAINS",
    "code_postal": "73100",
    "adresse": "4 rue Vaugelas",
    "latitude": 45.6926,
    "longitude": 5.9141,
    "source": "Hinaura",
    "date_maj": "2021-05-05",
    "services": "Accéder à du matériel",
}
LABELS = {
    "franceservices": "france-services",
    "conseillersnumeriques": "conseillers-numeriques",
    "pointdaccesnumeriquecaf": "point-d-acces-numerique-caf",
    "sudlabspaca": "sud-labs",
    "cyberbase": "cyber-base",
}
NAUGHTY = [
    "",
    "undefined",
    "null",
    "NaN",
    "1/0",
    "-1E+02",
    "0x0",
    "٠١٢٣",
    "Ω≈ç√∫",
    "\u202etest\u202e",
    "\ufeff",
    "\u2028",
    "👩‍👩‍👧‍👦",
    "ﷺ" * 50,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "<script>alert(1)</script>",
    "'; DROP TABLE place; --",
    "{{ 7*7 }}%(x)s%s{0}",
    "../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "\x00\x01\x1b[31m",
    "\ud800",
    "x" * 30_000,
]


def read(*rows):
    return read_lieux(json.dumps(list(rows)).encode(), gazetteer=SMALL, source="essai", licence="LO 2.0", labels=LABELS)


def faults(report):
    return [(found.fault, found.column) for found in report.problems]


def test_a_good_row_becomes_a_place():
    drafts, report = read(ROW)

    assert (drafts[0].line, drafts[0].source, drafts[0].source_id) == (1, "Hinaura", "6")
    assert drafts[0].values == {
        "name": "Espace public numérique",
        "kind": PlaceKind.EPN,
        "description": "",
        "phone": "",
        "website": "",
        "opening_hours": "",
        "source_licence": "LO 2.0",
        "source_updated_on": date(2021, 5, 5),
        "address": "4 rue Vaugelas",
        "address_extra": "",
        "postcode": "73100",
        "commune": "Aix-les-Bains",
        "insee": "73008",
        "latitude": 45.6926,
        "longitude": 5.9141,
        "precision": Precision.ADDRESS,
        "services": ["acces-internet-et-materiel-informatique"],
        "accessibility": [],
        "summary": "",
        "appointment_url": "",
        "accessibility_url": "",
        "labels": [],
        "audiences": [],
        "fees": [],
        "support": [],
    }
    assert faults(report) == [(Fault.SPELLING, "commune")]


def test_a_csv_file_gives_the_same_place_as_json():
    content = ",".join(ROW) + "\n" + ",".join(str(cell) for cell in ROW.values()) + "\n"

    drafts, _report = read_lieux(content.encode("cp1252"), gazetteer=SMALL, source="", licence="LO 2.0", labels={})

    assert drafts[0].values == read(ROW)[0][0].values


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("FabLab OpenFactory", PlaceKind.FABLAB),
        ("FAB LAB de l’association", PlaceKind.FABLAB),
        ("8 Fablab", PlaceKind.FABLAB),
        ("Fab-labs réunis", PlaceKind.FABLAB),
        ("Fabrique de territoire", PlaceKind.EPN),
        ("Fabuleux laboratoire", PlaceKind.EPN),
    ],
)
def test_the_name_tells_a_fab_lab(name, kind):
    assert read(ROW | {"nom": name})[0][0].values["kind"] is kind


def test_the_type_of_the_schema_tells_one_too():
    assert read(ROW | {"typologie": "ASSO|FABLAB"})[0][0].values["kind"] is PlaceKind.FABLAB


def test_a_row_without_a_name_is_refused_and_named():
    drafts, report = read(ROW | {"nom": " \x00 "}, ROW)

    assert [draft.line for draft in drafts] == [1]
    assert [(found.fault, found.severity) for found in report.problems[:1]] == [(Fault.NO_NAME, Severity.REFUSED)]


def test_a_row_that_nothing_situates_is_refused():
    drafts, report = read(ROW | {"code_postal": "x", "commune": "Nulle-Part", "latitude": 0, "longitude": 0})

    assert drafts == []
    assert faults(report) == [
        (Fault.BAD_POSTCODE, "code_postal"),
        (Fault.NULL_ISLAND, "latitude"),
        (Fault.NOWHERE, "code_postal"),
    ]


def test_a_commune_that_the_country_has_once_is_enough():
    drafts, _report = read({"id": "1", "nom": "Mairie", "commune": "la mure"})

    assert (drafts[0].values["insee"], drafts[0].values["commune"]) == ("38269", "La Mure")
    assert drafts[0].values["precision"] is Precision.COMMUNE


def test_a_bad_point_leaves_the_place_at_its_town_hall():
    drafts, report = read(ROW | {"latitude": "abc"})

    assert (drafts[0].values["latitude"], drafts[0].values["precision"]) == (45.69, Precision.COMMUNE)
    assert (Fault.POINT_OF_COMMUNE, "latitude") in faults(report)


def test_an_insee_code_of_another_department_than_the_postcode_is_told():
    _drafts, report = read(ROW | {"code_insee": "38269"})

    assert [found.detail for found in report.problems if found.fault is Fault.INSEE_DISAGREES] == ["38, 73"]


def test_a_capital_name_that_no_list_knows_is_written_plainly():
    drafts, report = read(ROW | {"commune": "SAINT-JEAN SUR L'EAU"})

    assert drafts[0].values["commune"] == "Saint-Jean sur L'Eau"
    assert faults(report) == [(Fault.UNKNOWN_COMMUNE, "commune"), (Fault.SPELLING, "commune")]


def test_a_pivot_of_zeros_is_none_and_no_fault():
    assert faults(read(ROW | {"pivot": "00000000000000"})[1]) == faults(read(ROW)[1])


def test_mails_are_never_kept():
    drafts, report = read(ROW | {"courriel": "contact@exemple.test"})

    assert "exemple.test" not in repr(drafts) + repr(report)
    assert faults(report)[0] == (Fault.MAILS, "courriel")


def test_same_name_in_same_commune_is_said_and_not_merged():
    drafts, report = read(ROW, ROW | {"id": "7", "commune": "Aix les Bains", "nom": "ESPACE PUBLIC NUMERIQUE"})

    assert [draft.source_id for draft in drafts] == ["6", "7"]
    assert Fault.POSSIBLE_DUPLICATE in [found.fault for found in report.problems]


def test_a_row_repeated_to_the_letter_is_refused_and_an_id_used_twice_is_not():
    drafts, report = read(ROW, ROW, ROW | {"nom": "Autre lieu"})

    assert len({draft.source_id for draft in drafts}) == 2
    assert [found.fault for found in report.problems if found.column == "id"] == [Fault.SAME_ROW, Fault.ID_REPEATED]


def test_a_row_without_id_gets_the_same_one_at_each_import():
    bare = {column: cell for column, cell in ROW.items() if column != "id"}

    assert read(bare)[0][0].source_id == read({"id": "x", "nom": "Autre", "code_postal": "73100"}, bare)[0][1].source_id


def test_a_file_without_the_column_nom_is_refused_whole():
    drafts, report = read({"name": "LabFab", "code_postal": "35000"})

    assert drafts == []
    assert faults(report) == [(Fault.NO_COLUMNS, "")]


def test_columns_of_v1_0_2_are_read():
    drafts, report = read(
        ROW
        | {
            "services": "Aide aux démarches administratives",
            "publics_specifiquement_adresses": "Jeunes",
            "prise_en_charge_specifique": "Surdité",
            "frais_a_charge": "Gratuit",
            "modalites_acces": "Se présenter",
        }
    )

    values = drafts[0].values
    assert (values["audiences"], values["accessibility"], values["fees"]) == (["jeunes"], ["surdite"], ["gratuit"])
    assert faults(report) == [(Fault.SPELLING, "commune")]


@pytest.mark.parametrize("column", list(ROW))
@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_text_in_any_cell_never_raises_and_never_reaches_a_place_raw(column, text):
    drafts, report = read(ROW | {column: text})

    kept = repr([draft.values for draft in drafts])
    assert len(drafts) + report.count(Severity.REFUSED) == 1
    assert [bad for bad in ("\\x00", "\\x1b", "\\ud800", "\\u202e") if bad in kept] == []


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([*ROW, "telephone", "site_web", "horaires", "code_insee", "typologie", "autre"]),
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text(max_size=30)
            | st.lists(st.text(max_size=5)),
        ),
        max_size=4,
    )
)
def test_every_row_is_a_place_or_in_the_report(rows):
    drafts, report = read(*rows)

    refused = sum(found.severity is Severity.REFUSED for found in report.problems)
    assert report.read == len(rows)
    assert refused == report.read - len(drafts) or (
        drafts == [] and Fault.NO_COLUMNS in [f.fault for f in report.problems]
    )


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_report(content):
    drafts, report = read_lieux(content, gazetteer=SMALL, source="essai", licence="", labels={})

    assert len(drafts) <= report.read


def test_labels_of_both_versions_and_of_the_vocabulary_become_codes_in_its_order():
    drafts, report = read(
        ROW | {"labels_nationaux": "CNFS;Point relais CAF;France Services;CNFS", "labels_autres": "SudLabs;Cyber-base"}
    )

    assert drafts[0].values["labels"] == [
        "france-services", "conseillers-numeriques", "point-d-acces-numerique-caf", "sud-labs", "cyber-base",
    ]  # fmt: skip
    assert [fault for fault, column in faults(report) if column.startswith("labels")] == []


def test_labels_of_v1_0_2_are_read_from_all_their_columns():
    drafts, _report = read(
        ROW
        | {
            "dispositif_programmes_nationaux": "France Services|Conseillers numériques",
            "formations_labels": "SUD LABS (PACA)",
            "autres_formations_labels": "Cyber-base",
        }
    )

    assert drafts[0].values["labels"] == ["france-services", "conseillers-numeriques", "sud-labs", "cyber-base"]


def test_labels_that_nobody_knows_or_that_ended_are_told_and_not_kept():
    drafts, report = read(ROW | {"labels_nationaux": "APTIC", "labels_autres": "Label et la bête"})

    assert drafts[0].values["labels"] == []
    assert [found for found in faults(report) if found[1].startswith("labels")] == [
        (Fault.NO_EQUIVALENT, "labels_nationaux"),
        (Fault.UNKNOWN_VALUE, "labels_autres"),
    ]


def test_a_short_text_and_the_addresses_of_appointments_and_accessibility_have_columns_of_their_own():
    drafts, _report = read(
        ROW
        | {
            "presentation_resume": "On apprend ici.",
            "presentation_detail": "Un long texte.",
            "prise_rdv": "https://rdv.example.org/1",
            "accessibilite": "https://acceslibre.example.org/1",
        }
    )

    told = drafts[0].values
    assert (told["summary"], told["description"]) == ("On apprend ici.", "Un long texte.")
    assert (told["appointment_url"], told["accessibility_url"]) == (
        "https://rdv.example.org/1",
        "https://acceslibre.example.org/1",
    )
