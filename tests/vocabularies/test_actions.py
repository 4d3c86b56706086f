import pytest

from fablabmesh.kit.errors import NotFound
from fablabmesh.vocabularies import actions


def test_codes_never_meet(db):
    first = actions.add_category(name_fr="Atelier", name_en="Bench")

    assert (first.slug, first.position) == ("atelier-2", 10)


def test_what_is_not_there_cannot_be_changed(db):
    with pytest.raises(NotFound):
        actions.change_category("zumba", name_fr="Zumba", name_en="Zumba", position=1, is_retired=False)
