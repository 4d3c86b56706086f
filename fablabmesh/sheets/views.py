"""Editing the whole page of a place; the history of a place is in `history_views`."""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock, db, hours_wording, images
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import format_date
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import signed_in, takes
from fablabmesh.places import queries as places
from fablabmesh.places.actions import EDITABLE, to_plain
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceKind, Precision, ties_to
from fablabmesh.publication.image_actions import keep_picture
from fablabmesh.sheets import actions, queries
from fablabmesh.sheets.details import Holder
from fablabmesh.sheets.forms import SheetForm, fill_sheet
from fablabmesh.sheets.hours_form import read_hours
from fablabmesh.sheets.rules import MOST_PICTURES, VOCABULARIES, Caption
from fablabmesh.sheets.versions import meet, note
from fablabmesh.sheets.wording import Change, tell_change, tell_hours
from fablabmesh.terms.queries import map_terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones.rules import timezone_of_department

bp = Blueprint("sheets", __name__)

# A photograph, and a long page around it.
MOST_SENT = images.MOST_BYTES + 1024 * 1024
# A workshop full of machines, each with its materials.
MOST_FIELDS = 2500
# Rows that « ajouter une ligne » adds to, without a script.
ROWS = {"machine": "machines", "person": "people", "closure": "closures"}
_COLUMNS = sorted(EDITABLE - {"source_licence", "source_updated_on", "insee"})


@bp.get("/lieux/<slug>/modifier")
@signed_in
@does(Act.PLACE_EDIT)
def edit(slug: str) -> str:
    """The form, filled with the page as it is."""
    place = _editable(slug)
    return _page(place, _filled(place, _stored(place)))


@bp.post("/lieux/<slug>/modifier")
@takes(MOST_SENT, MOST_FIELDS)
@signed_in
@does(Act.PLACE_EDIT)
def update(slug: str) -> Response | str | tuple[str, int]:
    """Save, or say what to correct, or show both versions if somebody else was faster; or help while one writes."""
    place, form = _editable(slug), SheetForm()
    _offer(place, form)
    act = request.form.get("act", "save")
    if act != "save":
        return _help(place, form, act)
    fine = form.validate()
    picture, has_fault = _read_picture(form)
    if not fine or has_fault:
        if picture is not None:
            _keep_waiting(form, picture[0])
            db.keep()
        return _page(place, form), 422
    try:
        sheet = actions.Sheet(form.columns, form.tools, form.holders, form.captions)
        changed = actions.save_sheet(
            place, sheet, by=current_user, now=clock.now(), version=form.typed_version, picture=picture
        )
    except Conflict:
        return _both_versions(place, form), 409
    except Refused as refusal:
        return _page(place, form, refusal=refusal.message), 422
    flash(_("La fiche est à jour.") if changed else _("Rien n’a changé."))
    return redirect(url_for("places.show", slug=place.slug), 303)


# --- what helps while one writes ---------------------------------------------------------------------------------


def _help(place: Place, form: SheetForm, act: str) -> str:
    """One more row, or the point looked up: nothing is saved, and nothing of what was typed is lost."""
    verb, _dash, what = act.partition("-")
    told = ""
    picture, _has_fault = _read_picture(form) if form.picture.data else (None, False)
    if picture is not None:
        _keep_waiting(form, picture[0])
    form.picture.errors = form.picture_text.errors = []
    if verb == "add" and what in ROWS:
        field = form[ROWS[what]]
        if len(field.entries) < field.max_entries:
            field.append_entry({})
            _offer(place, form)
    elif act == "locate":
        told = _locate(form)
    opened = {"locate": "point", "add-machine": "machines", "add-person": "people"}.get(act, "hours")
    return _page(place, form, told=told, opened=opened, opened_row=verb == "add")


def _keep_waiting(form: SheetForm, picture: images.Picture) -> None:
    """The browser cannot send it again by itself: it waits in the database, and the chore forgets it."""
    keep_picture(picture, clock.now())
    form.picture_digest.data, form.picture_digest.raw_data = picture.digest, [picture.digest]


def _locate(form: SheetForm) -> str:
    """Put the point where the address is, by the operator's geocoder if there is one, else in the commune."""
    address, postcode, commune = (form[name].data or "" for name in ("address", "postcode", "commune"))
    geocoder = current_app.extensions["geocoder"]
    if address and geocoder.is_on:
        spots = geocoder.find(f"{address} {postcode} {commune}")
        if spots and spots[0].kind in ("housenumber", "street", "locality"):
            _put(form, spots[0].latitude, spots[0].longitude, Precision.ADDRESS)
            return _("Le point est à « %(label)s » : vérifiez, puis enregistrez.", label=spots[0].label)
    town = queries.find_town(commune, postcode)
    if town is None:
        return _("Cette commune n’est pas dans la liste : vérifiez son nom et son code postal, ou placez le repère.")
    _put(form, town.latitude, town.longitude, Precision.COMMUNE)
    return _("Le point est au centre de %(name)s : déplacez-le jusqu’à l’entrée si vous pouvez.", name=town.name)


def _put(form: SheetForm, latitude: float, longitude: float, precision: Precision) -> None:
    for field, value in ((form.latitude, latitude), (form.longitude, longitude)):
        field.data, field.raw_data = value, [str(value)]
    form.precision.data = precision.value


# --- the form ----------------------------------------------------------------------------------------------------


def _stored(place: Place) -> dict[str, Any]:
    """All that the form writes, as the history keeps it."""
    return {
        **{name: to_plain(getattr(place, name)) for name in _COLUMNS},
        "machines": [tool.plain() for tool in queries.list_tools(place.id)],
        "people": [_plain_holder(holder) for holder in queries.list_holders(place.id)],
        "pictures": [[row.id, row.text, row.credit] for row in queries.list_pictures(place.id)],
    }


def _typed(form: SheetForm) -> dict[str, Any]:
    """The same of what was typed."""
    return {
        **{name: to_plain(value) for name, value in form.columns.items()},
        "machines": [tool.plain() for tool in form.tools],
        "people": [_plain_holder(holder) for holder in form.holders],
        "pictures": [[caption.id, caption.text, caption.credit] for caption in form.captions],
    }


def _plain_holder(holder: Holder) -> list[str]:
    return [holder.role, holder.name, holder.consented_on.isoformat() if holder.consented_on else ""]


def _filled(place: Place, stored: dict[str, Any], mine: SheetForm | None = None, stands: Any = None) -> SheetForm:
    """The form of what is stored; of what a person typed where that `stands`."""
    columns = {name: getattr(place, name) for name in _COLUMNS}
    tools, holders = queries.list_tools(place.id), queries.list_holders(place.id)
    rows = {row.id: row for row in queries.list_pictures(place.id)}
    captions = [Caption(row.id, row.text, row.credit) for row in rows.values()]
    if mine is not None:
        columns |= {name: value for name, value in mine.columns.items() if stands[name]}
        tools = mine.tools if stands["machines"] else tools
        holders = mine.holders if stands["people"] else holders
        captions = mine.captions if stands["pictures"] else captions
    pictures = [
        {"id": str(each.id), "digest": rows[each.id].image_digest, "text": each.text, "credit": each.credit}
        for each in captions
        if each.id in rows
    ]
    filled = fill_sheet(columns, tools, holders, pictures)
    for name in ROWS.values():
        # One more to write in, also without a script.
        filled[name] = [*filled[name], {}]
    form = SheetForm(
        formdata=None,
        data=filled | {"version": str(place.version), "seen": note(stored)},
    )
    if mine is not None:
        for name in ("picture_text", "picture_credit", "picture_digest"):
            form[name].data = mine[name].data
    _offer(place, form)
    return form


def _offer(place: Place, form: SheetForm) -> None:
    """What there is to choose from: what is offered, and what the place has already."""
    terms = map_terms()
    kept = {vocabulary: set(getattr(place, name)) for name, vocabulary in VOCABULARIES.items()}
    tools = queries.list_tools(place.id)
    kept[Vocabulary.MACHINE] = {tool.type for tool in tools}
    kept[Vocabulary.MATERIAL] = {code for tool in tools for code in tool.materials}
    choices = {
        vocabulary.value: [
            (code, term.label) for code, term in of.items() if not term.is_retired or code in kept[vocabulary]
        ]
        for vocabulary, of in terms.items()
    }
    for name, vocabulary in VOCABULARIES.items():
        # A word that no list knows, from an import of before, is not lost by saving.
        known = {code for code, _label in choices[vocabulary]}
        choices[vocabulary] += [(code, code) for code in getattr(place, name) if code not in known]
    kinds = [kind for kind in PlaceKind if kind is not PlaceKind.POLE or place.kind is PlaceKind.POLE]
    form.offer(choices, kinds)


def _read_picture(form: SheetForm) -> tuple[tuple[images.Picture, str, str] | None, bool]:
    """(the photograph to add with its words, is there something to correct about it)."""
    content = form.picture.data.read() if form.picture.data else b""
    text, credit = form.picture_text.data or "", form.picture_credit.data or ""
    if content:
        try:
            picture = images.read_picture(content)
        except images.BadImage as bad:
            form.picture.errors = [str(bad)]
            return None, True
    else:
        waiting = queries.find_picture(form.picture_digest.data or "")
        if waiting is None:
            if text:
                form.picture.errors = [_("Choisissez la photo que vous décrivez.")]
            return None, bool(text)
        picture = waiting
    if not text:
        form.picture_text.errors = [_("Décrivez la photo en une phrase, pour celles et ceux qui ne la voient pas.")]
    if len(form.captions) >= MOST_PICTURES:
        form.picture.errors = [_("Une fiche montre %(count)d photos au plus : retirez-en une.", count=MOST_PICTURES)]
    return (picture, text, credit), bool(form.picture_text.errors or form.picture.errors)


def _both_versions(place: Place, form: SheetForm) -> str:
    stored = _stored(place)
    stands, both = meet(form.seen.data or "", _typed(form), stored)
    mine = _typed(form)
    names = term_names()
    told = [tell_change(name, _sayable(name, stored[name]), _sayable(name, mine[name]), names) for name in both]
    return _page(place, _filled(place, stored, form, stands), theirs=told)


def _sayable(name: str, value: Any) -> Any:
    """As the history tells it."""
    if name == "people":
        return [{"role": role, "is_named": bool(who)} for role, who, _day in value]
    if name == "pictures":
        return [text for _id, text, _credit in value]
    return value


def term_names() -> dict[str, dict[str, str]]:
    """By vocabulary and code, what terms are called."""
    return {vocabulary.value: {code: term.label for code, term in of.items()} for vocabulary, of in map_terms().items()}


def _page(
    place: Place,
    form: SheetForm,
    *,
    theirs: list[Change] | None = None,
    refusal: str = "",
    told: str = "",
    opened: str = "",
    opened_row: bool = False,
) -> str:
    kept = read_hours(place.opening_hours)
    return render_template(
        "sheets/edit.html",
        place=place,
        form=form,
        theirs=theirs,
        refusal=refusal,
        told=told,
        opened_row=opened_row,
        open_parts=form.faulty_parts | ({opened} if opened else set()),
        week=tell_hours(form.hours) if form.hours_as.data != "text" else _tell_notation(place, form.hours_text),
        hours_text=form.hours_text,
        is_kept_as_text=bool(place.opening_hours) and kept is None,
        day_names=[format_date(date(2024, 1, 1 + number), "EEEE") for number in range(7)],
        elsewhere=queries.find_disagreement(place),
        geocoder=current_app.extensions["geocoder"],
        most=MOST_PICTURES,
    )


def _tell_notation(place: Place, text: str) -> list[tuple[str, str]]:
    """A usual week of hours that the form has no words for; nothing where they cannot be read."""
    reading = hours_wording.read_hours(
        text, timezone_of_department(place.department_code), clock.now(), department=place.department_code
    )
    return hours_wording.tell_usual_week(reading.week) if reading else []


def _editable(slug: str) -> Place:
    place = places.get_place(slug)
    hold_to(Act.PLACE_EDIT, ties_to(current_user, place))
    return place
