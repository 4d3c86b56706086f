"""What the law has a site say, and how it says what nobody told it yet."""

import logging
from dataclasses import replace
from datetime import date

import pytest

from fablabmesh.kit.config import BadSetting, Settings, read_settings
from fablabmesh.privacy import legal

WHOLE = Settings(
    environment="production",
    operator="Association Exemple",
    operator_address="1 rue de l’Exemple, 35000 Rennes",
    publisher="Camille Exemple",
    hosted_by="Hébergeur Exemple",
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "non conforme"),
        ("49.9 2027-01-15 Cabinet Exemple", "non conforme"),
        ("50 2027-01-15 Cabinet Exemple", "partiellement conforme"),
        ("99.99 2027-01-15 Cabinet Exemple", "partiellement conforme"),
        ("100 2027-01-15 Cabinet Exemple", "totalement conforme"),
    ],
)
def test_a_site_is_as_accessible_as_its_audit_says_and_no_more(pages, text, words):
    with pages.app_context():
        assert legal.conformity(legal.read_audit(text)) == words


def test_an_audit_is_read_with_its_day_and_its_author():
    assert legal.read_audit("82.5 2027-01-31 Cabinet Exemple") == legal.Audit(
        82.5, date(2027, 1, 31), "Cabinet Exemple"
    )
    assert legal.read_audit("82.5 2027-02-30 Cabinet Exemple") is None


@pytest.mark.parametrize("text", ["très bien", "101 2027-01-15 X", "82 15/01/2027 X", "82 2027-01-15"])
def test_an_audit_that_cannot_be_read_stops_the_start_and_says_how_to_write_it(text):
    with pytest.raises(BadSetting, match="FABLABMESH_RGAA_AUDIT"):
        read_settings({"FABLABMESH_RGAA_AUDIT": text})


def test_production_is_told_what_the_legal_notice_lacks(caplog):
    with caplog.at_level(logging.WARNING, "fablabmesh.privacy"):
        legal.warn(replace(WHOLE, publisher="", hosted_by=""))

    assert [record.getMessage() for record in caplog.records] == [
        "the legal notice says « to be completed »; set FABLABMESH_PUBLISHER, FABLABMESH_HOSTED_BY"
    ]


def test_a_whole_notice_and_a_developers_machine_are_not_warned(caplog):
    legal.warn(WHOLE)
    legal.warn(Settings())

    assert caplog.records == []


def test_what_the_statement_says_is_tried_is_there(root):
    assert [path for _label, path in legal.CHECKS if not (root / path).is_file()] == []
