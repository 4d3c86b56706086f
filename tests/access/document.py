"""docs/rights.md: who may do what to what, and what each address does, written from the code."""

from itertools import groupby
from pathlib import Path

from flask import Flask

from fablabmesh.accounts.rights import RIGHTS, Act, Tie, label_of
from tests.access.table import Door, list_doors

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "rights.md"
_KINDS = {
    "site": "the site as a whole",
    "account": "one's own account",
    "own": "what is one's own",
    "place": "a place",
    "event": "an event, through its place",
    "project": "a project, through its lead place",
    "proposal": "a proposal, through its zone or its place",
    "desk": "the desk of those who decide",
    "zone": "a zone",
    "journal": "the journal of a zone",
}
_TIES = {
    Tie.VISITOR: "anybody",
    Tie.MEMBER: "has an account",
    Tie.SELF: "it is theirs",
    Tie.EDITOR: "editor of the place",
    Tie.MANAGER: "manager of the place",
    Tie.COORDINATOR: "coordinates its zone",
    Tie.ADMIN: "administrator",
}
_INTRODUCTION = """# Who may do what

Written by `script/rights` from `fablabmesh/accounts/rights.py` and from the marks of the views; a test holds it to
them. What each address answers to whom is measured by real requests: `tests/access.txt`.

A person has *ties* to an object; the table says which ties allow which act. `places.rules.ties_to`,
`zones.rules.ties_to` and their like find the ties; `may` asks in rules and templates, `kit.acts.hold_to` in views. A
view that does something to an object and answers without having asked is an error, and nothing of it is kept. A view
that names no act answers 403.

What is not everybody's business does not exist for others (404, in the words of what is not there): drafts, what waits
and what was deleted, imports and followed calendars, proposals, calendars and tokens of one's own. Whoever lacks the
right to change what everybody may read is refused (403).

An invented administrator is one to invented things alone, and invented people coordinate invented places.
"""


def write_document(app: Flask) -> str:
    """The whole text."""
    doors = list_doors(app)
    with app.test_request_context("/"):
        table = "\n".join([_introduce_ties(), "", "## Acts", "", *_list_acts()])
    routes = "\n".join(["## Addresses", "", *_list_doors(doors)])
    return f"{_INTRODUCTION}\n{table}\n\n{routes}\n"


def _introduce_ties() -> str:
    rows = [f"| {tie.value} | {tie.label} | {_TIES[tie]} |" for tie in Tie]
    return "\n".join(["## Ties", "", "| tie | en français | somebody who |", "|---|---|---|", *rows])


def _list_acts() -> list[str]:
    ties = list(Tie)
    rows = ["| act | en français | " + " | ".join(ties) + " |", "|---|---|" + ":-:|" * len(ties)]
    for kind, acts in groupby(Act, key=lambda act: act.kind):
        rows.append(f"| **{kind}**: {_KINDS[kind]} | |" + " |" * len(ties))
        for act in acts:
            given = " | ".join("✓" if tie in RIGHTS[act] else "" for tie in ties)
            rows.append(f"| `{act}` | {label_of(act)} | {given} |")
    return rows


def _list_doors(doors: list[Door]) -> list[str]:
    rows = ["| method | address | act |", "|---|---|---|"]
    return rows + [f"| {door.method} | `{door.rule.replace('|', chr(92) + '|')}` | `{door.acts}` |" for door in doors]
