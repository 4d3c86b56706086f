"""What anybody says is wrong with an event or a project: it waits, and changes nothing before somebody decides."""

from datetime import datetime

from fablabmesh.curation import actions as curation
from fablabmesh.curation.actions import Note
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.events.models import Event
from fablabmesh.projects.models import Project


def report(thing: Event | Project, kind: ProposalKind, note: Note, *, now: datetime) -> Proposal:
    """`place` of an event, `lead` of a project must have been loaded."""
    place = thing.place if isinstance(thing, Event) else thing.lead
    return curation.add(
        Proposal(
            kind=kind,
            event=thing if isinstance(thing, Event) else None,
            project=thing if isinstance(thing, Project) else None,
            place=place,
            place_id=place.id,
            place_name=thing.title,
            department_code=place.department_code,
            is_demo=place.is_demo,
            proposed={},
            before={},
        ),
        note,
        now,
    )
