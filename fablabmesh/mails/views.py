"""How the queue of letters fares, for those who run the site; and the letters themselves, on a developer's machine."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.config import Settings
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, read_page, signed_in
from fablabmesh.mails import actions, queries
from fablabmesh.mails.rules import State

bp = Blueprint("mails", __name__)

PAGE_SIZE = 50
LATEST = 100
# A letter is shown as it came: its own style, nothing that acts, nothing from elsewhere, in a frame of ours alone.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; base-uri 'none'"
_LINK = re.compile(r"https?://[^\s<>]+")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


# --- for those who run the site ----------------------------------------------------------------------------------


@bp.get("/administration/courriers")
@signed_in
@does(Act.SITE_ADMINISTER)
def queue() -> str:
    """How many letters are in which state, and what went wrong; neither addresses nor words."""
    now = clock.now()
    page = read_page(request.args, queries.count_troubled(), PAGE_SIZE)
    return render_template(
        "mails/queue.html",
        counts=queries.count_by_kind(),
        states=list(State),
        kinds=actions.office().kinds,
        troubled=queries.list_troubled(limit=page.size, offset=page.offset),
        page=page,
        waiting_since=queries.find_oldest_due(now),
        has_server=actions.office().server is not None,
        now=now,
    )


@bp.post("/administration/courriers/<int:mail_id>/reprendre")
@signed_in
@does(Act.SITE_ADMINISTER)
def retry(mail_id: int) -> Answer:
    """Bring it again."""
    actions.retry(queries.get_mail(mail_id), now=clock.now())
    flash(_("Le courrier sera présenté de nouveau dans un instant."))
    return redirect(url_for(".queue"), 303)


# --- on a developer's machine ------------------------------------------------------------------------------------


@bp.get("/courrier")
@anyone
@does(Act.SITE_READ)
def outbox() -> Response:
    """The latest letters, as if they had been received."""
    _hold_to_this_machine()
    return _unkept(render_template("mails/outbox.html", letters=queries.list_latest(LATEST)))


@bp.get("/courrier/<int:mail_id>")
@anyone
@does(Act.SITE_READ)
def letter(mail_id: int) -> Response:
    """One letter: its headers, its text, its HTML in a frame."""
    _hold_to_this_machine()
    mail = queries.get_mail(mail_id)
    base = actions.office().base_url
    links = dict.fromkeys(link for link in _LINK.findall(mail.text) if link.startswith(base))
    # To the server that shows the page, whatever its public address.
    return _unkept(
        render_template("mails/letter.html", mail=mail, links={link: link[len(base) :] or "/" for link in links})
    )


@bp.get("/courrier/<int:mail_id>.html")
@anyone
@does(Act.SITE_READ)
def letter_html(mail_id: int) -> Response:
    """The HTML of a letter."""
    _hold_to_this_machine()
    answer = _unkept(queries.get_mail(mail_id).html)
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _unkept(body: str) -> Response:
    answer = Response(body, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _hold_to_this_machine() -> None:
    """Letters hold addresses and secret links: only a developer sees them, from the machine itself, by its own name."""
    settings: Settings = current_app.config["SETTINGS"]
    name = urlsplit(f"//{request.host}").hostname or ""
    # A proxy that nobody told us of would make the whole world look near; a foreign name may lead here all the same.
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    is_near = ip_address(request.remote_addr or "0.0.0.0").is_loopback and not (is_forwarded and not settings.proxies)  # noqa: S104
    if settings.is_production or not is_near or name not in (*_LOCAL_NAMES, urlsplit(settings.base_url).hostname):
        raise NotFound
