"""The vocabularies as JSON: codes that last, names in both languages, and the same notions in standards."""

from flask import Blueprint, Response, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.openapi import ADDRESS, COUNT, TEXT, TEXT_OR_NULL, TRUTH, array, describe, record
from fablabmesh.kit.web import json_answer, public_url, shared
from fablabmesh.terms import queries
from fablabmesh.terms.rules import STANDARDS, Vocabulary, read_vocabulary

bp = Blueprint("vocabularies_api", __name__, url_prefix="/api/v1")

_ALIGNMENTS = {
    "type": "object",
    "additionalProperties": TEXT,
    "description": f"The same notion elsewhere, by standard: {', '.join(STANDARDS.values())}.",
}
_TERM = record(
    "Term",
    code=TEXT | {"description": "Never changes, and is never used again for anything else."},
    name_fr=TEXT,
    name_en=TEXT,
    broader=TEXT_OR_NULL | {"description": "The code of the wider term."},
    issuer=TEXT | {"description": "For a label: who awards it."},
    alignments=_ALIGNMENTS
    | {"description": "The same notion in the national schema, on fablabs.io, in Open Know-Where."},
    is_retired=TRUTH | {"description": "No longer offered; places may have it still."},
)
_VOCABULARY = record("Vocabulary", code=TEXT, name=TEXT, url=ADDRESS, total=COUNT)


@bp.get("/vocabulaires")
@shared
@does(Act.SITE_READ)
@describe("Vocabularies", record("Vocabularies", total=COUNT, vocabularies=array(_VOCABULARY)))
def index() -> Response:
    """Which vocabularies there are."""
    found = queries.map_terms()
    listed = [
        {
            "code": each.slug,
            "name": each.label,
            "url": public_url(url_for(".terms", vocabulary=each.slug)),
            "total": len(found[each]),
        }
        for each in Vocabulary
    ]
    return json_answer({"total": len(listed), "vocabularies": listed})


@bp.get("/vocabulaires/<vocabulary>")
@shared
@does(Act.SITE_READ)
@describe("Terms of a vocabulary", record("Terms", code=TEXT, name=TEXT, total=COUNT, terms=array(_TERM)))
def terms(vocabulary: str) -> Response:
    """All its terms, retired ones too, in their order."""
    of = read_vocabulary(vocabulary)
    if of is None:
        raise NotFound(_("Ce vocabulaire n’existe pas."))
    names = ("code", "name_fr", "name_en", "broader", "issuer", "alignments", "is_retired")
    rows = [{name: getattr(term, name) for name in names} for term in queries.list_terms(of, with_retired=True)]
    return json_answer({"code": of.slug, "name": of.label, "total": len(rows), "terms": rows})
