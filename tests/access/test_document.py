"""The documentation of rights says what the code does."""

from tests.access.document import DOCUMENT, write_document


def test_the_documentation_of_rights_is_the_code_s(app, db):
    """`script/rights` writes it anew."""
    assert DOCUMENT.read_text("utf-8") == write_document(app)
