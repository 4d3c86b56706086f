"""What a client shows is compared without indulgence, and the feed it reads is served as the site serves one."""

import urllib.error
import urllib.request

import check_clients
import pytest

ONE = ("a", "2026-03-29T07:00:00Z", "2026-03-29T08:00:00Z", "Atelier", "CONFIRMED")
OTHER = ("b", "2026-03-29", "2026-03-30", "Portes ouvertes", "CANCELLED")


@pytest.mark.parametrize(
    ("shown", "is_right"),
    [
        ([ONE, OTHER], True),
        ([ONE], False),
        ([ONE, OTHER, OTHER], False),
        ([ONE, (*OTHER[:4], "CONFIRMED")], False),
    ],
    ids=["the same", "one is missing", "one is shown twice", "a cancellation is dropped"],
)
def test_a_client_is_right_when_it_shows_exactly_what_is_expected(shown, is_right, capsys):
    assert check_clients.report("essai", [ONE, OTHER], shown, 1.0) is is_right
    assert capsys.readouterr().out.splitlines()[0].endswith("right" if is_right else "WRONG")


@pytest.mark.slow
def test_the_feed_is_answered_once_and_then_by_its_tag():
    with check_clients.served(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n") as address:
        with urllib.request.urlopen(address, timeout=5) as first:
            assert first.read() == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
            tag = first.headers["ETag"]
        again = urllib.request.Request(address, headers={"If-None-Match": tag})
        with pytest.raises(urllib.error.HTTPError) as answered:
            urllib.request.urlopen(again, timeout=5)

    assert answered.value.code == 304
    answered.value.close()
