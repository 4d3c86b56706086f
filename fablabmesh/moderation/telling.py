"""What waits, told field by field for those who decide. Pure."""

from dataclasses import dataclass
from typing import Any

from fablabmesh.authoring.versions import tell as tell_event
from fablabmesh.curation.rules import PROPOSABLE
from fablabmesh.directory.wording import tell_notation
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import listed
from fablabmesh.projects.rules import licence_name
from fablabmesh.sheets.wording import field_labels


@dataclass(frozen=True)
class Field:
    """One thing that is said, under its label."""

    label: str
    text: str


def tell(proposal: Any) -> list[Field]:
    """All that its page will say, what is empty left out."""
    if proposal.event is not None:
        return [Field(told.label, told.text) for told in tell_event(proposal.event).values() if told.text]
    if proposal.project is not None:
        return _tell_project(proposal.project)
    return _tell_place(proposal.place) if proposal.place is not None else []


def _tell_project(project: Any) -> list[Field]:
    told = [
        (_("Titre"), project.title),
        (_("Porté par"), project.lead.name),
        (_("En bref"), project.summary),
        (_("Ce que le projet cherche"), project.seeks),
        (_("Description"), project.description),
        (_("État"), project.state.label),
        (_("Licence des résultats"), licence_name(project.licence)),
    ]
    return [Field(label, text) for label, text in told if text]


def _tell_place(place: Any) -> list[Field]:
    labels = field_labels()
    found = []
    for name in PROPOSABLE:
        value = getattr(place, name)
        if value in (None, "", []) or name not in labels:
            continue
        text = tell_notation(value) if name == "opening_hours" else getattr(value, "label", value)
        found.append(Field(labels[name], listed(text) if isinstance(text, list) else str(text)))
    return found
