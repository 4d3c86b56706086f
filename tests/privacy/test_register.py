"""The register says what the code does."""

from fablabmesh.curation.rules import CONTACT_KEPT
from fablabmesh.mails.rules import WORDS_KEPT
from fablabmesh.privacy.held import HELD
from fablabmesh.privacy.register import BESIDE, REGISTER, Basis, write_document
from fablabmesh.privacy.rules import BACKUP_KEPT, ERASED_AFTER, INACTIVE_AFTER

FIELDS = ("title", "people", "what", "purpose", "kept", "seen_by", "at_erasure")


def found(code):
    return next(treatment for treatment in REGISTER if treatment.code == code)


def test_every_treatment_says_all_that_article_30_asks_for(app, pages):
    with pages.app_context():
        empty = [(t.code, name) for t in REGISTER for name in FIELDS if not str(getattr(t, name)).strip()]

        assert empty == []
        assert [basis for basis in Basis if not basis.label] == []


def test_periods_in_the_register_are_those_of_the_rules(pages):
    with pages.app_context():
        assert f"{WORDS_KEPT.days} jours" in str(found("letters").kept)
        assert f"{CONTACT_KEPT.days} jours" in str(found("proposals").kept)
        assert f"Après {INACTIVE_AFTER.days} jours" in str(found("account").kept)
        assert f"après {ERASED_AFTER.days} jours" in str(found("account").kept)
        assert f"{BACKUP_KEPT.days} jours" in str(BESIDE[1].text)


def test_no_code_stands_twice():
    codes = [treatment.code for treatment in REGISTER]

    assert len(codes) == len(set(codes))


def test_the_document_is_the_one_written_from_the_register(root, pages):
    """Write it anew: .venv/bin/fablabmesh privacy register > docs/privacy.md, and read the difference."""
    with pages.app_context():
        assert (root / "docs" / "privacy.md").read_text("utf-8") == write_document()


def test_the_document_names_every_table_that_holds_something_of_people(pages):
    with pages.app_context():
        text = write_document()

    assert [table for table in HELD if f"\n| `{table}` |" not in text] == []
