from fablabmesh.moderation.telling import tell
from tests.factories import make_place


def test_an_event_is_told_field_by_field_without_what_is_empty(pending, case_of):
    told = {field.label: field.text for field in tell(case_of(pending(audience="Dès 8 ans")))}

    assert (told["Titre"], told["Pour qui"], told["Organisé par"]) == (
        "Soudure pour tout le monde",
        "Dès 8 ans",
        "LabFab",
    )
    assert "Contact" not in told


def test_a_project_and_a_place_are_told_too(pending_project, case_of):
    told = {field.label: field.text for field in tell(case_of(pending_project))}
    assert (told["Titre"], told["Porté par"], told["Ce que le projet cherche"]) == (
        "Un four solaire",
        "LabFab",
        "Du verre.",
    )

    case = case_of(pending_project)
    case.project, case.place = None, make_place(name="Neuf", opening_hours="Mo-Fr 09:00-17:00")
    told = {field.label: field.text for field in tell(case)}
    assert (told["Nom du lieu"], told["Genre de lieu"]) == ("Neuf", "Fab Lab")
