"""Told at once, later with other things, or not at all, as people chose."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.mails import actions as mails
from fablabmesh.notices import actions, queries
from fablabmesh.notices.models import Notice
from fablabmesh.notices.rules import EVERYTHING, Frequency, Kind
from tests.factories import NOW, make_account

VALUES = {"title": "Alice demande à rejoindre LabFab", "lines": ["Voici pourquoi."], "button": "Répondre"}
TOMORROW = NOW + timedelta(days=1)


def tell(person, kind=Kind.CLAIM, values=VALUES, **given):
    return actions.notify(person, kind, values, path="/lieux/labfab", now=NOW, **given)


@pytest.fixture
def daily(alice):
    """Alice, who wants claims once a day."""
    actions.choose(alice, {Kind.CLAIM: Frequency.DAILY}, now=NOW)
    return alice


def test_what_is_wanted_at_once_is_a_letter_with_a_link_and_a_way_to_stop_it(alice, outbox):
    tell(alice, about=7)

    (letter,) = outbox()
    word = actions.stop_word(alice, "claim")
    assert (letter.to_address, letter.subject) == (alice.email, VALUES["title"])
    assert (letter.kind, letter.about) == ("notices/claim", 7)
    assert letter.headers == {
        "List-Id": "<avis.localhost>",
        "List-Unsubscribe": f"<http://localhost/avis/arreter/{word}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert letter.text.splitlines()[:5] == ["Voici pourquoi.", "", "Répondre", "http://localhost/lieux/labfab", ""]
    assert f"http://localhost/avis/arreter/{word}" in letter.text
    assert 'href="http://localhost/lieux/labfab"' in letter.html


def test_it_is_written_in_the_language_of_the_person(alice, outbox):
    alice.language = "en"

    tell(alice, values=lambda language: {"title": f"{language} {_('Administration')}", "lines": [], "button": "See"})

    (letter,) = outbox()
    assert letter.subject == "en Administrator"
    assert letter.text.splitlines()[:2] == ["See", "http://localhost/en/lieux/labfab"]


def test_what_is_not_wanted_is_not_told(alice, outbox, db):
    actions.choose(alice, {Kind.CLAIM: Frequency.NONE}, now=NOW)

    tell(alice)

    assert outbox() == []
    assert db.scalars(sa.select(Notice)).all() == []


def test_who_has_left_is_not_written_to(alice, outbox):
    alice.is_active = False

    tell(alice)

    assert outbox() == []


def test_invented_people_are_told_only_where_letters_stay(db, outbox, office):
    invented = make_account(is_demo=True)

    assert tell(invented) is None
    office.server = None
    assert tell(invented) is not None


def test_security_is_told_at_once_whatever_was_chosen_and_offers_no_way_to_stop(alice, outbox):
    actions.choose(alice, {Kind.SECURITY: Frequency.NONE}, now=NOW)

    tell(alice, Kind.SECURITY)

    (letter,) = outbox()
    assert letter.headers == {}
    assert "/avis/arreter/" not in letter.text + letter.html


def test_what_is_wanted_daily_waits_and_is_gathered_by_kind(daily, outbox, db):
    actions.choose(daily, {Kind.TEAM: Frequency.DAILY}, now=NOW)
    tell(daily, Kind.TEAM, VALUES | {"title": "Bo a rejoint l’équipe"})
    tell(daily, values=VALUES | {"title": "Première demande"})
    tell(daily, values=VALUES | {"title": "Seconde demande"})

    before = actions.write_digests(NOW + timedelta(hours=1))
    written = actions.write_digests(TOMORROW)
    again = actions.write_digests(TOMORROW)

    (letter,) = outbox()
    claims, team = Kind.CLAIM.label, Kind.TEAM.label
    lines = [line for line in letter.text.splitlines() if line.startswith("- ") or line in (claims, team)]
    assert (before, written, again) == (0, 1, 0)
    assert letter.subject == "3 nouvelles pour vous"
    assert lines == [claims, "- Première demande", "- Seconde demande", team, "- Bo a rejoint l’équipe"]
    assert (
        letter.headers["List-Unsubscribe"] == f"<http://localhost/avis/arreter/{actions.stop_word(daily, EVERYTHING)}>"
    )
    assert db.scalars(sa.select(Notice)).all() == []


def test_the_same_thing_is_told_once_as_it_is_last(daily, outbox):
    tell(daily, about=3, values=VALUES | {"title": "D’abord"})
    tell(daily, about=3, values=VALUES | {"title": "Ensuite"})

    actions.write_digests(TOMORROW)

    (letter,) = outbox()
    assert [line for line in letter.text.splitlines() if line.startswith("- ")] == ["- Ensuite"]


def test_what_is_no_longer_so_is_not_told(daily, outbox):
    tell(daily, about=3)
    actions.forget_about(Kind.CLAIM, 3)

    assert actions.write_digests(TOMORROW) == 0
    assert outbox() == []


def test_what_waited_too_long_is_let_go(daily, outbox, db):
    tell(daily)

    assert actions.write_digests(NOW + timedelta(days=31)) == 0
    assert db.scalars(sa.select(Notice)).all() == []


def test_many_notices_are_cut_and_counted(daily, outbox):
    for number in range(103):
        tell(daily, about=number)

    actions.write_digests(TOMORROW)

    (letter,) = outbox()
    assert letter.text.count("\n- ") == 100
    assert "Et 3 autres." in letter.text


def test_who_changes_their_mind_is_told_as_they_chose_last(daily, db):
    tell(daily)
    actions.choose(daily, {Kind.CLAIM: Frequency.WEEKLY}, now=NOW)
    weekly = db.scalars(sa.select(Notice.due_at)).all()
    actions.choose(daily, {Kind.CLAIM: Frequency.NONE}, now=NOW)

    assert weekly == [NOW.replace(day=9, hour=6)]
    assert db.scalars(sa.select(Notice)).all() == []
    assert queries.frequency_of(daily, Kind.CLAIM) is Frequency.NONE


def test_a_link_stops_one_kind_or_all(db):
    boss = make_account(role=Role.ADMIN)

    assert actions.stop(actions.stop_word(boss, "claim"), now=NOW)
    one = queries.map_frequencies(boss)
    assert actions.stop(actions.stop_word(boss, EVERYTHING), now=NOW)

    assert [kind for kind, frequency in one.items() if frequency is Frequency.NONE] == [Kind.CLAIM]
    assert set(queries.map_frequencies(boss).values()) == {Frequency.NONE}
    assert not actions.stop("1-claim-xxxxxxxxxxxxxxxxxxxxxx", now=NOW)


def test_each_sort_of_letter_has_a_name_for_administrators(db):
    kinds = {f"notices/{kind.value}" for kind in Kind} | {actions.DIGEST}

    assert set(actions.KIND_LABELS) == kinds
    assert kinds - set(mails.office().kinds) == set()
