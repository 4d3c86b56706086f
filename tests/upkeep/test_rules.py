import pytest

from fablabmesh.kit.i18n import force_locale
from fablabmesh.upkeep.rules import Pile, read_pile


@pytest.mark.parametrize(
    ("text", "pile"),
    [("brouillons", Pile.DRAFTS), ("a-venir", Pile.COMING), ("", Pile.COMING), (None, Pile.COMING), ("x", Pile.COMING)],
)
def test_an_address_asks_for_a_pile(text, pile):
    assert read_pile(text) is pile


def test_every_pile_has_a_name_and_says_when_it_is_empty(pages):
    with pages.app_context(), force_locale("fr"):
        assert len({pile.label for pile in Pile} | {pile.emptiness for pile in Pile}) == 2 * len(Pile)
