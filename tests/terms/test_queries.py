from fablabmesh.opendata import schemas
from fablabmesh.terms.queries import list_terms, map_terms
from fablabmesh.terms.rules import Vocabulary


def test_a_retired_term_is_no_longer_offered_and_still_known(db):
    term = map_terms()[Vocabulary.LABEL]["cyber-base"]
    term.is_retired = True
    db.flush()

    assert "cyber-base" not in [each.code for each in list_terms(Vocabulary.LABEL)]
    assert "cyber-base" in [each.code for each in list_terms(Vocabulary.LABEL, with_retired=True)]
    assert map_terms()[Vocabulary.LABEL]["cyber-base"].name_fr == "Cyber-base"


def test_the_national_services_are_the_first_terms_in_their_order(db):
    national = [term.alignments["mednum"] for term in list_terms(Vocabulary.SERVICE) if "mednum" in term.alignments]

    assert tuple(national) == schemas.SERVICES


def test_a_narrower_machine_names_a_broader_one_that_there_is(db):
    machines = map_terms()[Vocabulary.MACHINE]

    assert {term.broader for term in machines.values()} - {None} <= set(machines)
    assert machines["imprimante-3d-a-resine"].broader == "imprimante-3d"
