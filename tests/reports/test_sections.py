"""The figures in words."""

import pytest

from fablabmesh.reports.rules import SHOWN_PLACES, Count, Figures, Held
from fablabmesh.reports.sections import Paths, Told, make_sections, to_rows


@pytest.fixture
def told(pages):
    paths = Paths(
        places=lambda query: "/?" + "&".join(f"{name}={value}" for name, value in query.items() if value),
        agenda=lambda path: path,
        place=lambda slug: f"/lieux/{slug}",
        projects="/projets/",
        queue="/moderation",
    )
    with pages.test_request_context("/"):
        yield Told("epn/nord", False, {"atelier": "Atelier"}, {}, paths)


def test_the_page_has_the_first_places_and_the_table_all(told):
    held = [Held(f"lab-{number}", f"Lab {number}", Count(99 - number, 0)) for number in range(SHOWN_PLACES + 5)]
    sections = make_sections(Figures(2025, held=held), told)

    shown = next(section for section in sections if section.slug == "organisateurs")
    assert [line.label for line in shown.lines] == [f"Lab {number}" for number in range(SHOWN_PLACES)]
    assert len([row for row in to_rows(sections, 2025) if row[0] == shown.title]) == SHOWN_PLACES + 5


def test_december_ends_with_the_year(told):
    months = make_sections(Figures(2025, months={12: Count(1, 0)}), told)[3]

    assert months.lines[0].address == "/agenda?zone=epn/nord&au=2025-12-31&du=2025-12-01"
    assert months.lines[0].before_address == ""


def test_each_part_says_what_it_means(told):
    sections = make_sections(Figures(2025), told)

    assert [section.slug for section in sections if not section.definition] == []
    assert "plus de 14 jours" in sections[8].definition
    assert len({section.slug for section in sections}) == len(sections) == 12


def test_a_number_in_the_table_is_no_longer_than_one_reads(told):
    rows = to_rows(make_sections(Figures(2025, proposals={"median": Count(2.0, 1 / 3)}), told), 2025)

    assert [row[2:5] for row in rows if "médiane" in str(row[1])] == [[2, 0.3333, "jours"]]
