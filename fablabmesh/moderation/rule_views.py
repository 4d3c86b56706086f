"""What a zone publishes at once and what waits for it: the page where its coordinators say so."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import signed_in
from fablabmesh.moderation.rules import read_rules, write_rules
from fablabmesh.moderation.views import Page, bp
from fablabmesh.zones import queries as zones
from fablabmesh.zones import rule_actions, rule_queries
from fablabmesh.zones.models import Zone
from fablabmesh.zones.moderation import DEFAULTS, Thing, Whose, is_settled, is_trusted
from fablabmesh.zones.rules import ties_to


@bp.get("/zones/<programme>/<slug>/regles")
@signed_in
@does(Act.ZONE_RULES)
def rules(programme: str, slug: str) -> str:
    """What holds today."""
    return _page(_ruled(programme, slug))


@bp.post("/zones/<programme>/<slug>/regles")
@signed_in
@does(Act.ZONE_RULES)
def set_rules(programme: str, slug: str) -> Page:
    """Say otherwise; what waits already goes on waiting."""
    zone = _ruled(programme, slug)
    wanted = read_rules(request.form.getlist("aussitot"))
    seen = read_rules(request.form.get("vu", "").split())
    try:
        is_changed = rule_actions.set_rules(
            zone, wanted, seen=seen, is_demo=current_user.is_demo, by=current_user, now=clock.now()
        )
    except Conflict as conflict:
        return _page(zone, wanted, conflict.message), 409
    flash(_("Les règles de la zone sont enregistrées.") if is_changed else _("Rien n’a changé."))
    return redirect(url_for(".rules", programme=programme, slug=slug), 303)


def _ruled(programme: str, slug: str) -> Zone:
    zone = zones.get_zone(programme, slug)
    hold_to(Act.ZONE_RULES, ties_to(current_user, zone))
    return zone


def _page(zone: Zone, typed: dict[tuple[Thing, Whose], bool] | None = None, problem: str = "") -> str:
    held = rule_queries.map_rules(zone.id, is_demo=current_user.is_demo)
    return render_template(
        "moderation/rules.html",
        zone=zone,
        held=held,
        chosen=typed or held,
        seen=write_rules(held),
        things=list(Thing),
        people=list(Whose),
        defaults=DEFAULTS,
        is_settled=is_settled,
        is_trusted=is_trusted,
        problem=problem,
    )
