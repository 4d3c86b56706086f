"""Rules that the database holds by itself."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from fablabmesh.coordination import actions
from fablabmesh.coordination.models import PoleContact
from fablabmesh.coordination.rules import Contact
from fablabmesh.kit.db import session
from tests.coordination.test_actions import news_of
from tests.factories import NOW


def test_nobody_is_named_without_a_day_of_consent(zone, coordinator):
    with pytest.raises(IntegrityError, match="ck_pole_contact_named_by_consent"):
        actions.write_page(zone, {"presentation": ""}, [Contact("Réseau", "Ana")], by=coordinator, now=NOW, version=0)


def test_what_is_published_has_a_day_of_publication(zone, coordinator):
    news = news_of(zone, coordinator)
    news.published_at = None

    with pytest.raises(IntegrityError, match="ck_pole_news_published_once"):
        session.flush()


def test_a_row_tells_the_contact_that_it_was_made_of():
    contact = Contact("Réseau", "Ana", date(2026, 1, 1), "Le mardi", "a@b.fr", "02", "https://a.fr")

    assert PoleContact(position=0, **vars(contact)).told == contact
