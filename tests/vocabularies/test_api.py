"""The vocabularies as JSON."""

from fablabmesh.terms.rules import Vocabulary


def test_all_vocabularies_are_listed_with_where_they_are(client, db):
    told = client.get("/api/v1/vocabulaires").get_json()

    assert [each["code"] for each in told["vocabularies"]] == [vocabulary.slug for vocabulary in Vocabulary]
    for each in told["vocabularies"]:
        assert client.get(each["url"]).get_json()["total"] == each["total"]


def test_a_term_tells_its_code_names_and_equivalents(client, db):
    terms = client.get("/api/v1/vocabulaires/machines").get_json()["terms"]

    assert next(term for term in terms if term["code"] == "imprimante-3d-a-fil") == {
        "code": "imprimante-3d-a-fil",
        "name_fr": "Imprimante 3D à fil",
        "name_en": "Filament 3D printer",
        "broader": "imprimante-3d",
        "issuer": "",
        "alignments": {
            "fablabs.io": "three_d_printing",
            "okw": "https://en.wikipedia.org/wiki/Fused_filament_fabrication",
        },
        "is_retired": False,
    }


def test_a_vocabulary_that_does_not_exist_is_a_problem(client, db):
    answer = client.get("/api/v1/vocabulaires/licornes")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
