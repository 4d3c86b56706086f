from fablabmesh.terms.rules import Vocabulary


def test_every_vocabulary_has_a_name_of_its_own(app):
    with app.test_request_context("/"):
        names = [vocabulary.label for vocabulary in Vocabulary]

    assert len(set(names)) == len(names) == 8
