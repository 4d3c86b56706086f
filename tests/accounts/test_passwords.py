"""Hashes of passwords, and the lanes in which they are checked."""

import threading

import pytest

from fablabmesh.accounts.passwords import KNOWN, STRANGERS, Lane, hash_password, is_outdated, is_right
from fablabmesh.kit.errors import Busy


def test_a_password_is_right_for_its_own_hash_alone():
    kept = hash_password("une phrase bien longue")

    assert is_right(kept, "une phrase bien longue")
    assert not is_right(kept, "Une phrase bien longue")
    assert not is_right(None, "nobody has this password")
    assert not is_right("$argon2id$broken", "une phrase bien longue")


def test_a_hash_that_took_less_work_is_known(app):
    assert not is_outdated(hash_password("une phrase bien longue"))
    assert is_outdated("$2b$12$of.another.kind")


def test_whoever_finds_a_lane_full_is_sent_away_at_once(pages):
    lane, inside, leave = Lane(at_once=1, waiting=0, patience=5), threading.Event(), threading.Event()

    def stay() -> None:
        with lane.entered():
            inside.set()
            leave.wait(5)

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait(5)
    with pages.test_request_context("/"), pytest.raises(Busy) as refusal, lane.entered():
        pass
    leave.set()
    thread.join()
    with lane.entered():
        pass

    assert refusal.value.status == 503


def test_whoever_waits_too_long_is_sent_away_too_and_leaves_the_lane(pages):
    lane = Lane(at_once=1, waiting=1, patience=0.01)

    with pages.test_request_context("/"), lane.entered():
        for _ in range(3):
            with pytest.raises(Busy), lane.entered():
                pass


def test_a_lane_is_left_by_who_fails_in_it():
    lane = Lane(at_once=1, waiting=0, patience=0.01)
    for _ in range(3):
        with pytest.raises(ValueError, match="oops"), lane.entered():
            raise ValueError("oops")

    with lane.entered():
        pass


def test_strangers_do_not_hold_up_browsers_that_are_known():
    with STRANGERS.entered(), KNOWN.entered():
        pass
