"""Tokens are counted by all workers, and forgotten in the end."""

from datetime import timedelta

import pytest

from fablabmesh.kit.errors import Refused
from fablabmesh.tokens import actions
from fablabmesh.tokens.models import ApiAnswer, ApiToken
from fablabmesh.tokens.rules import ANSWERS_KEPT, ENDED_KEPT, MOST_IN_WINDOW, WINDOW
from tests.factories import NOW


def test_uses_are_counted_by_the_minute(make_token):
    token, _words = make_token(now=NOW)

    waits = [actions.count_use(token, now=NOW + timedelta(seconds=10)) for _ in range(MOST_IN_WINDOW + 1)]

    assert waits == [0] * MOST_IN_WINDOW + [61]
    assert actions.count_use(token, now=NOW + timedelta(seconds=10) + WINDOW) == 0


def test_the_day_it_was_used_is_kept_and_no_more(db, make_token):
    token, _words = make_token(now=NOW)

    actions.count_use(token, now=NOW)

    db.refresh(token)
    assert token.last_used_on == NOW.date()


def test_a_life_that_is_not_offered_is_an_error(make_token):
    with pytest.raises(ValueError, match="not a life"):
        make_token(days=4000)


def test_the_same_request_is_known_again_and_another_refused(make_token):
    token, _words = make_token(now=NOW)

    assert actions.hold_answer(token, "clé", b"{}", uid="un", now=NOW) is None
    assert actions.hold_answer(token, "clé", b"{}", uid="deux", now=NOW) == "un"
    assert actions.hold_answer(token, "autre", b"{}", uid="trois", now=NOW) is None
    with pytest.raises(Refused):
        actions.hold_answer(token, "clé", b"[]", uid="quatre", now=NOW)


def test_keys_of_two_tokens_have_nothing_to_do_with_each_other(make_token):
    one, other = make_token(now=NOW)[0], make_token(now=NOW)[0]

    assert actions.hold_answer(one, "clé", b"{}", uid="un", now=NOW) is None
    assert actions.hold_answer(other, "clé", b"{}", uid="deux", now=NOW) is None


def test_what_ended_long_ago_is_forgotten(db, make_token):
    kept, old, revoked = (make_token(now=NOW, days=30)[0] for _ in range(3))
    old.created_at, old.expires_at = NOW - ENDED_KEPT - timedelta(days=31), NOW - ENDED_KEPT - timedelta(days=1)
    actions.revoke(revoked, now=NOW - ENDED_KEPT - timedelta(days=1))
    actions.hold_answer(kept, "neuve", b"{}", uid="un", now=NOW)
    actions.hold_answer(kept, "vieille", b"{}", uid="deux", now=NOW - ANSWERS_KEPT - timedelta(hours=1))
    db.commit()

    assert actions.forget_old(NOW) == 3
    assert [token.id for token in db.query(ApiToken)] == [kept.id]
    assert [answer.event_uid for answer in db.query(ApiAnswer)] == ["un"]
