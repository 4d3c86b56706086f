import pytest

from fablabmesh.moderation.forms import AcceptForm, RefuseForm, ThingReportForm, kind_reasons, read_number
from fablabmesh.moderation.rules import Remedy


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("", 0), (None, 0), ("-1", 0), ("٣", 0), ("1" * 12, 0)])
def test_a_hidden_number_is_read_or_is_none(text, number):
    assert read_number(text) == number


def test_a_publication_has_nothing_to_choose_and_a_report_what_follows(app):
    with app.test_request_context("/"):
        assert "remedy" not in AcceptForm([], formdata=None)
        form = AcceptForm([Remedy.NOTHING, Remedy.CANCEL], formdata=None)

    assert (form.chosen, [value for value, _label in form.remedy.choices]) == (Remedy.NOTHING, ["nothing", "cancel"])


def test_a_reason_begins_with_a_kind_sentence_and_goes_on_in_ones_own_words(app):
    with app.test_request_context("/", method="POST", data={"usual": kind_reasons()[0], "reason": "À bientôt."}):
        form = RefuseForm(meta={"csrf": False})
        words = form.words

    assert words == f"{kind_reasons()[0]} À bientôt."
    assert all(text.startswith("Merci") for text in kind_reasons())


def test_a_report_asks_what_and_why(app):
    with app.test_request_context("/", method="POST", data={"what": "closed", "message": " "}):
        form = ThingReportForm(is_event=True, meta={"csrf": False})
        is_fine = form.validate()

    assert (is_fine, list(form.errors)) == (False, ["message"])
