"""« Still right? »: said on the page, asked by letter, answered by a link that serves once."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.curation import actions, freshness_actions
from fablabmesh.curation.models import FreshnessLetter
from fablabmesh.kit.errors import NotFound
from fablabmesh.mails.models import Mail
from fablabmesh.places.models import Place, PlaceVersion
from tests.factories import NOW, make_account, make_place

DAY = timedelta(days=1)
YEAR_LATER = NOW + 366 * DAY


def letters(db):
    return db.scalars(sa.select(Mail).where(Mail.kind == actions.FRESHNESS).order_by(Mail.id)).all()


def secret_of(letter):
    return letter.text.split("/fiches/confirmer/")[1].split()[0]


def ask(db, now):
    db.commit()
    return freshness_actions.ask_yearly(now)


def test_one_letter_a_person_tells_of_all_their_places_once_a_year_with_one_reminder(db):
    alice = make_account(name="Alice")
    for name in ("Lab un", "Lab deux"):
        make_place(name=name, managers=(alice,))

    counts = {days: ask(db, NOW + days * DAY) for days in (364, 366, 367, 390, 396, 430, 600)}

    assert counts == {364: 0, 366: 1, 367: 0, 390: 0, 396: 1, 430: 0, 600: 0}
    first, second = letters(db)
    assert [name in first.text for name in ("Lab un", "Lab deux", "Alice")] == [True, True, True]
    assert (first.to_address, first.subject) == (
        alice.email,
        "Vos fiches sont-elles encore justes\xa0?",
    )
    assert second.subject == "Rappel\xa0: vos fiches sont-elles encore justes\xa0?"
    assert re.findall("/(?:en/)?fiches/confirmer/", first.html) == ["/fiches/confirmer/"]


def test_the_link_confirms_what_was_chosen_and_serves_once(db):
    alice = make_account()
    kept, left = make_place(name="Lab un", managers=(alice,)), make_place(name="Lab deux", managers=(alice,))
    stranger = make_place(name="À d’autres")
    ask(db, YEAR_LATER)
    secret = secret_of(letters(db)[0])

    confirmed = freshness_actions.confirm_by_letter(secret, {kept.id, stranger.id}, now=YEAR_LATER + DAY)

    assert [place.id for place in confirmed] == [kept.id]
    days = [db.get(Place, place.id).confirmed_at for place in (kept, left, stranger)]
    assert days == [YEAR_LATER + DAY, None, None]
    line = db.scalars(sa.select(PlaceVersion).where(PlaceVersion.deed == "confirmed")).one()
    assert (line.place_id, line.by_id) == (kept.id, alice.id)
    with pytest.raises(NotFound):
        freshness_actions.get_letter(secret, now=YEAR_LATER + DAY)


def test_a_link_is_good_for_sixty_days_and_is_not_in_the_database(db):
    make_place(managers=(make_account(),))
    ask(db, YEAR_LATER)
    secret = secret_of(letters(db)[0])

    assert freshness_actions.get_letter(secret, now=YEAR_LATER + 59 * DAY).used_at is None
    with pytest.raises(NotFound):
        freshness_actions.get_letter(secret, now=YEAR_LATER + 60 * DAY)
    assert secret.encode() not in db.scalar(sa.select(FreshnessLetter.secret_hash))


def test_who_no_longer_looks_after_a_place_confirms_nothing(db):
    alice = make_account()
    place = make_place(managers=(alice,))
    ask(db, YEAR_LATER)
    secret = secret_of(letters(db)[0])
    db.execute(sa.text("DELETE FROM place_manager"))

    assert freshness_actions.confirm_by_letter(secret, {place.id}, now=YEAR_LATER) == []
