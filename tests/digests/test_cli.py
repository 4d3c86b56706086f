"""Being forgotten by the team."""

from fablabmesh.digests.models import Subscription
from tests.factories import NOW
from tests.mails.test_actions import make_mail


def test_the_team_forgets_an_address(app, db, office, make_subscription, outbox):
    make_subscription()
    make_subscription(query="q=laser")
    make_subscription("bob@exemple.test")
    sent = make_mail("alice@exemple.test", kind="other/hello")
    sent.sent_at = NOW
    make_mail("alice@exemple.test", kind="other/hello")
    db.commit()

    done = app.test_cli_runner().invoke(args=["letters", "forget", " Alice@exemple.test"])

    assert (done.exit_code, done.output) == (0, "Lettres arrêtées\u00a0: 2. L’adresse est effacée.\n")
    db.expire_all()
    assert [each.email for each in db.query(Subscription)] == ["bob@exemple.test"]
    assert [mail.to_address for mail in outbox()] == [""]


def test_a_wrong_address_is_said_so(app, db):
    done = app.test_cli_runner().invoke(args=["letters", "forget", "alice"])

    assert done.exit_code == 1
    assert "n’est pas complète" in done.output
