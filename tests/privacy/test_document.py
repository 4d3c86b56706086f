"""docs/privacy.md is what the code says."""

from fablabmesh.privacy import document
from fablabmesh.privacy.held import HELD


def test_the_document_is_the_one_written_from_the_register(root, pages):
    """Write it anew: .venv/bin/fablabmesh privacy register > docs/privacy.md, and read the difference."""
    with pages.app_context():
        assert (root / "docs" / "privacy.md").read_text("utf-8") == document.write()


def test_the_document_names_every_table_that_holds_something_of_people(pages):
    with pages.app_context():
        text = document.write()

    assert [table for table in HELD if f"\n| `{table}` |" not in text] == []
