"""One-time codes, their secrets under lock, and codes on paper."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from fablabmesh.signin import one_time_codes as codes

# RFC 6238, appendix B: the last six digits of its eight, for SHA-1.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
KEY = codes.derive_key("a key for tests only")


@pytest.mark.parametrize(("second", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(second, code):
    assert codes.find_step(SECRET, code, datetime.fromtimestamp(second, UTC)) == second // 30


def test_a_code_is_good_half_a_minute_too_early_or_too_late_and_no_longer():
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    step = int(now.timestamp()) // 30
    code = pyotp.TOTP(SECRET).at(now)

    found = [codes.find_step(SECRET, code, now + timedelta(seconds=away)) for away in (-60, -30, 0, 30, 60)]

    assert found == [None, step, step, step, None]


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "１２３４５６", "28708\u00b2", "-87082"])
def test_what_is_no_code_is_none(text):
    assert codes.find_step(SECRET, text, datetime.fromtimestamp(59, UTC)) is None


def test_blanks_within_a_code_do_not_matter():
    assert codes.find_step(SECRET, "287 082", datetime.fromtimestamp(59, UTC)) == 1


def test_a_secret_opens_with_the_site_s_key_in_its_own_row_alone():
    sealed = codes.seal(SECRET, KEY, 7)

    assert SECRET.encode() not in sealed
    assert codes.unseal(sealed, KEY, 7) == SECRET
    assert codes.unseal(sealed, KEY, 8) is None
    assert codes.unseal(sealed, codes.derive_key("another key"), 7) is None
    assert codes.unseal(b"short", KEY, 7) is None
    assert codes.seal(SECRET, KEY, 7) != sealed


def test_the_telephone_is_told_whose_codes_they_are():
    address = codes.address_of(SECRET, "alice@exemple.test")

    assert address == f"otpauth://totp/Fab%20Lab%20Mesh:alice%40exemple.test?secret={SECRET}&issuer=Fab%20Lab%20Mesh"


def test_codes_on_paper_are_ten_and_beyond_guessing_and_read_however_they_are_typed():
    made = codes.make_recovery_codes()

    assert len(set(made)) == 10
    assert {len(codes.plain_recovery_code(code)) for code in made} == {24}
    assert codes.plain_recovery_code(f" {made[0].lower().replace('-', ' ')} ") == made[0].replace("-", "")


def test_a_secret_is_spelt_in_fours():
    assert codes.spell("ABCDEFGHIJ") == "ABCD EFGH IJ"
