"""An unknown address and a wrong password take as long: measured, in turns, so that a busy machine is busy for both."""

import random
from statistics import median
from time import perf_counter

import pytest
from sqlalchemy import delete

from fablabmesh.accounts.models import SignInAttempt
from fablabmesh.accounts.passwords import hash_password, is_right
from fablabmesh.signin.models import AskedLetter
from tests.factories import make_account

TURNS = 15

pytestmark = pytest.mark.slow


def measure(db, client, path, **fields):
    """(of an address with an account, of one without): the middle of many answers' times."""
    known = [make_account().email for _ in range(TURNS)]
    unknown = [f"absente{number}@exemple.test" for number in range(TURNS)]
    db.commit()
    times: dict[bool, list[float]] = {True: [], False: []}
    chance = random.Random(7)
    for pair in zip(known, unknown, strict=True):
        turns = list(enumerate(pair))
        chance.shuffle(turns)
        for which, email in turns:
            begun = perf_counter()
            client.post(path, data={"email": email, **fields})
            times[which == 0].append(perf_counter() - begun)
            # The network would be made to wait.
            db.execute(delete(SignInAttempt))
            db.execute(delete(AskedLetter))
            db.commit()
    return median(times[True]), median(times[False])


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/connexion", {"password": "pas le bon du tout"}),
        ("/mot-de-passe-oublie", {}),
        ("/connexion/lien", {}),
    ],
)
def test_times_do_not_tell_whether_an_address_has_an_account(db, client, path, fields):
    for _attempt in range(3):
        with_account, without = measure(db, client, path, **fields)
        if abs(with_account - without) < 0.15 * max(with_account, without):
            break

    assert with_account == pytest.approx(without, rel=0.15)


def test_a_check_against_nothing_takes_as_long_as_one_against_a_hash(app):
    """What the measure above would hide: the work itself, and not the pages around it."""
    kept, times = hash_password("une phrase bien longue"), {True: [], False: []}
    for _ in range(TURNS):
        for is_known in (True, False):
            begun = perf_counter()
            is_right(kept if is_known else None, "pas le bon du tout")
            times[is_known].append(perf_counter() - begun)

    assert median(times[True]) == pytest.approx(median(times[False]), rel=0.25)
