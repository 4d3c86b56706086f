"""Where the coordinators of a zone write: the page of the pole, its news, and news brought to the teams."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from fablabmesh.accounts.rights import Act
from fablabmesh.coordination import actions, queries
from fablabmesh.coordination.forms import NewsForm, PageForm, slug_in
from fablabmesh.coordination.models import PoleNews, PolePage
from fablabmesh.coordination.rules import MOST_CONTACTS
from fablabmesh.coordination.views import Page, address_of, bp, may_write
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import ngettext
from fablabmesh.kit.web import signed_in
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Zone
from fablabmesh.zones.rules import ties_to

_CONTACT = ("role", "name", "consented_on", "text", "email", "phone", "url")


def _animated(programme: str, slug: str) -> Zone:
    zone = zones.get_zone(programme, slug)
    hold_to(Act.ZONE_ANIMATE, ties_to(current_user, zone))
    return zone


# --- the page ----------------------------------------------------------------------------------------------------


@bp.get("/pole/modifier")
@signed_in
@does(Act.ZONE_ANIMATE)
def edit_page(programme: str, slug: str) -> str:
    """The form, filled with the page as it is."""
    zone = _animated(programme, slug)
    page = queries.find_page(zone, is_demo=current_user.is_demo)
    contacts = [{name: getattr(each, name) for name in _CONTACT} for each in page.contacts] if page else []
    form = PageForm(
        formdata=None,
        presentation=page.presentation if page else "",
        seeks=page.seeks if page else "",
        version=str(page.version if page else 0),
        contacts=contacts,
    )
    if not contacts:
        form.contacts.append_entry()
    return _page_form(zone, form)


@bp.post("/pole/modifier")
@signed_in
@does(Act.ZONE_ANIMATE)
def update_page(programme: str, slug: str) -> Page:
    """Save, or say what to correct, or show both versions if somebody else was faster."""
    zone, form = _animated(programme, slug), PageForm()
    if request.form.get("act") == "add-contact":
        if len(form.contacts) < MOST_CONTACTS:
            form.contacts.append_entry()
        return _page_form(zone, form), 200
    if not form.validate():
        return _page_form(zone, form), 422
    try:
        is_changed = actions.write_page(
            zone, form.words, form.told_contacts, by=current_user, now=clock.now(), version=form.typed_version
        )
    except Conflict:
        theirs = queries.find_page(zone, is_demo=current_user.is_demo)
        form.version.data = str(theirs.version if theirs else 0)
        return _page_form(zone, form, theirs), 409
    flash(_("La page du pôle est à jour.") if is_changed else _("Rien n’a changé."))
    return redirect(url_for("zones.show", programme=programme, slug=slug, _anchor="pole"), 303)


def _page_form(zone: Zone, form: PageForm, theirs: PolePage | None = None) -> str:
    return render_template(
        "coordination/edit_page.html", zone=zone, form=form, theirs=theirs, most_contacts=MOST_CONTACTS
    )


# --- news --------------------------------------------------------------------------------------------------------


@bp.get("/actualites/nouvelle")
@signed_in
@does(Act.ZONE_ANIMATE)
def new_news(programme: str, slug: str) -> str:
    """An empty form, of today."""
    zone = _animated(programme, slug)
    return _news_form(zone, NewsForm(formdata=None, on_date=clock.now().date()), None)


@bp.post("/actualites/nouvelle")
@signed_in
@does(Act.ZONE_ANIMATE)
def create_news(programme: str, slug: str) -> Page:
    """Publish, or keep a draft, or say what to correct."""
    zone, form = _animated(programme, slug), NewsForm()
    fine = form.validate()
    found = _find_linked(form)
    if not (fine and found is not None):
        return _news_form(zone, form, None), 422
    is_published = request.form.get("act") != "draft"
    news = actions.create_news(zone, form.words | found, by=current_user, now=clock.now(), is_published=is_published)
    flash(_("La nouvelle est publiée.") if news.is_published else _("Le brouillon est enregistré."))
    return redirect(address_of("show", zone, news_slug=news.slug), 303)


@bp.get("/actualites/<news_slug>/modifier")
@signed_in
@does(Act.ZONE_ANIMATE)
def edit_news(programme: str, slug: str, news_slug: str) -> str:
    """The form, filled with the news as they are."""
    zone, news = _written(programme, slug, news_slug)
    form = NewsForm(
        formdata=None,
        title=news.title,
        on_date=news.on_date,
        text=news.text,
        url=news.url,
        event=news.event.slug if news.event else "",
        place=news.place.slug if news.place else "",
        version=str(news.version),
    )
    return _news_form(zone, form, news)


@bp.post("/actualites/<news_slug>/modifier")
@signed_in
@does(Act.ZONE_ANIMATE)
def update_news(programme: str, slug: str, news_slug: str) -> Page:
    """Save, or say what to correct, or show both versions if somebody else was faster."""
    zone, news = _written(programme, slug, news_slug)
    form = NewsForm()
    fine = form.validate()
    found = _find_linked(form)
    if not (fine and found is not None):
        return _news_form(zone, form, news), 422
    try:
        is_changed = actions.edit_news(
            news,
            form.words | found,
            now=clock.now(),
            version=form.typed_version,
            is_published=request.form.get("act") != "draft",
        )
    except Conflict:
        form.version.data = str(news.version)
        return _news_form(zone, form, news, is_conflict=True), 409
    flash(_("La nouvelle est à jour.") if is_changed else _("Rien n’a changé."))
    return redirect(address_of("show", zone, news_slug=news.slug), 303)


@bp.post("/actualites/<news_slug>/supprimer")
@signed_in
@does(Act.ZONE_ANIMATE)
def delete_news(programme: str, slug: str, news_slug: str) -> Page:
    """For good."""
    zone, news = _written(programme, slug, news_slug)
    actions.delete_news(news, version=_typed_version())
    flash(_("La nouvelle est supprimée. Le journal de la zone permet de la rétablir."))
    return redirect(address_of("news", zone), 303)


def _typed_version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _written(programme: str, slug: str, news_slug: str) -> tuple[Zone, PoleNews]:
    zone = _animated(programme, slug)
    news = queries.get_news(zone, news_slug)
    if not may_write(zone, news):
        raise NotFound(_("Cette nouvelle n’existe pas parmi celles que vous pouvez modifier."))
    return zone, news


def _find_linked(form: NewsForm) -> dict[str, Any] | None:
    """The event and the place that are meant; None, with words in the form, where there is no such page."""
    event = queries.find_listed_event(slug_in(form.event.data)) if form.event.data else None
    place = queries.find_listed_place(slug_in(form.place.data)) if form.place.data else None
    is_fine = True
    if form.event.data and event is None:
        form.event.errors = [
            *form.event.errors,
            _("Aucun événement publié n’a cette adresse : copiez celle de sa page."),
        ]
        is_fine = False
    if form.place.data and place is None:
        form.place.errors = [*form.place.errors, _("Aucun lieu n’a cette adresse : copiez celle de sa fiche.")]
        is_fine = False
    return {"event_id": event.id if event else None, "place_id": place.id if place else None} if is_fine else None


def _news_form(zone: Zone, form: NewsForm, news: PoleNews | None, *, is_conflict: bool = False) -> str:
    return render_template("coordination/edit_news.html", zone=zone, form=form, news=news, is_conflict=is_conflict)


# --- news brought to the teams -----------------------------------------------------------------------------------


@bp.get("/actualites/<news_slug>/envoyer")
@signed_in
@does(Act.ZONE_ANIMATE)
def preview_letter(programme: str, slug: str, news_slug: str) -> str:
    """What the teams would read, and how many they are."""
    zone, news = _written(programme, slug, news_slug)
    return _letter_page(zone, news)


@bp.post("/actualites/<news_slug>/envoyer")
@signed_in
@does(Act.ZONE_ANIMATE)
def send_letter(programme: str, slug: str, news_slug: str) -> Page:
    """Send it, once."""
    zone, news = _written(programme, slug, news_slug)
    path = f"/zones/{zone.programme.slug}/{zone.slug}/actualites/{news.slug}"
    try:
        count = actions.tell_teams(news, by=current_user, path=path, now=clock.now())
    except Refused as refusal:
        return _letter_page(zone, news, refusal.message), 422
    flash(
        ngettext("La nouvelle est envoyée à %(num)d personne.", "La nouvelle est envoyée à %(num)d personnes.", count)
    )
    return redirect(address_of("show", zone, news_slug=news.slug), 303)


def _letter_page(zone: Zone, news: PoleNews, problem: str = "") -> str:
    people = queries.list_teams(zone, is_demo=current_user.is_demo)
    return render_template("coordination/letter.html", zone=zone, news=news, count=len(people), problem=problem)
