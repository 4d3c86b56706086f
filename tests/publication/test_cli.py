"""The agenda from the terminal."""

from fablabmesh.events.models import Event
from tests.factories import make_event, make_place


def test_a_daily_refresh_has_nothing_to_do_and_all_can_be_written_anew(app, db):
    make_event(make_place())
    db.commit()
    written = db.query(Event.ical).scalar()

    assert "dans les calendriers\u00a0: 0." in run(app, "agenda", "refresh")
    assert "dans les calendriers\u00a0: 1." in run(app, "agenda", "refresh", "--all")
    assert db.query(Event.ical).scalar() == written


def run(app, *words):
    answer = app.test_cli_runner().invoke(args=list(words))
    assert answer.exit_code == 0, answer.output
    return answer.output
