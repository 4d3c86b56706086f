from fablabmesh.kit.i18n import speaking
from fablabmesh.terms.queries import map_terms
from fablabmesh.terms.rules import Vocabulary


def test_a_term_is_called_in_the_language_that_is_spoken(app, db):
    term = map_terms()[Vocabulary.MACHINE]["decoupe-laser"]

    with speaking("en"):
        english = term.label
    with speaking("fr"):
        french = term.label

    assert (french, english) == ("Découpe laser", "Laser cutter")
