"""Two people at one page."""

from fablabmesh.sheets.versions import meet, note

SEEN = {"name": "A", "phone": "1", "labels": ["x"]}


def test_what_i_did_not_touch_is_the_other_s():
    stands, both = meet(note(SEEN), SEEN | {"phone": "2"}, SEEN | {"name": "B"})

    assert (stands, both) == ({"name": False, "phone": True, "labels": False}, [])


def test_what_both_wrote_otherwise_is_to_be_chosen():
    stands, both = meet(note(SEEN), SEEN | {"name": "C"}, SEEN | {"name": "B"})

    assert (stands["name"], both) == (True, ["name"])


def test_what_both_wrote_the_same_is_no_question():
    assert meet(note(SEEN), SEEN | {"name": "B"}, SEEN | {"name": "B"})[1] == []


def test_without_a_note_all_that_differs_is_to_be_chosen():
    assert meet("", SEEN | {"name": "C"}, SEEN)[1] == ["name"]
