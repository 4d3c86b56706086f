"""Puts the rooms together: the only module that knows all of them."""

from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click
import flask_compress
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from jinja2 import StrictUndefined

from fablabmesh.accounts import actions as accounts_actions
from fablabmesh.accounts import attempt_actions
from fablabmesh.accounts import cli as accounts_cli
from fablabmesh.accounts import session as accounts_session
from fablabmesh.authoring import actions as authoring_actions
from fablabmesh.authoring import fragment_views as authoring
from fablabmesh.caldav import views as caldav
from fablabmesh.coordination import actions as coordination_actions
from fablabmesh.coordination import edit_views as coordination
from fablabmesh.curation import actions as curation_actions
from fablabmesh.curation import desk_views as curation
from fablabmesh.curation import freshness_actions, merge_actions
from fablabmesh.demo import cli as demo_cli
from fablabmesh.digests import actions as digests
from fablabmesh.digests import cli as digests_cli
from fablabmesh.digests import issue_actions as digest_issues
from fablabmesh.digests import views as digests_views
from fablabmesh.directory import calendar_views as places_calendar
from fablabmesh.directory import facet_queries as facets
from fablabmesh.directory import views as directory
from fablabmesh.events import api as events_api
from fablabmesh.events import views as events
from fablabmesh.feeds import agenda_views as feeds
from fablabmesh.feeds import news_actions
from fablabmesh.feeds.front import Front, Memory
from fablabmesh.files import cli as files_cli
from fablabmesh.home import api as home_api
from fablabmesh.home import cli as home_cli
from fablabmesh.home import dashboard_views as home
from fablabmesh.home import health_views as health
from fablabmesh.home import site_views as site
from fablabmesh.imports import actions as imports_actions
from fablabmesh.imports import cli as imports_cli
from fablabmesh.imports import source_actions as followed_calendars
from fablabmesh.imports import source_views as imports
from fablabmesh.journal import views as journal
from fablabmesh.kit import db, error_pages, i18n, migrations, static_files, watch, web
from fablabmesh.kit.config import Settings, read_settings
from fablabmesh.kit.geocoding import Geocoder
from fablabmesh.kit.letters import Writer
from fablabmesh.kit.markdown import render_markdown
from fablabmesh.kit.smtp import read_sender, read_server
from fablabmesh.kit.worker import Chore
from fablabmesh.mails import actions as mails
from fablabmesh.mails import views as mails_views
from fablabmesh.maps import actions as maps_actions
from fablabmesh.maps import background_views as maps
from fablabmesh.maps import cli as maps_cli
from fablabmesh.maps import front as maps_front
from fablabmesh.maps.background import Carrier
from fablabmesh.moderation import notice_actions
from fablabmesh.moderation import queue_views as moderation
from fablabmesh.notices import actions as notices_actions
from fablabmesh.notices import views as notices
from fablabmesh.opendata import actions as opendata_actions
from fablabmesh.opendata import cli as opendata_cli
from fablabmesh.opendata import views as opendata
from fablabmesh.places import api as places_api
from fablabmesh.places import call_views as places
from fablabmesh.places import opening_actions as openings
from fablabmesh.posters import views as posters
from fablabmesh.privacy import actions as privacy_actions
from fablabmesh.privacy import cli as privacy_cli
from fablabmesh.privacy import data_views as privacy
from fablabmesh.privacy import legal
from fablabmesh.projects import api as projects_api
from fablabmesh.projects import partnership_views as projects
from fablabmesh.publication import actions as publication
from fablabmesh.publication import cli as publication_cli
from fablabmesh.publication import renewal_actions
from fablabmesh.publication.image_actions import forget_images
from fablabmesh.reports import views as reports
from fablabmesh.search import actions as search_actions
from fablabmesh.search import views as search
from fablabmesh.sheets import history_views as sheets
from fablabmesh.signin import actions as signin_actions
from fablabmesh.signin import factor_views as signin
from fablabmesh.signin import views as door
from fablabmesh.statistics import actions as statistics_actions
from fablabmesh.statistics import views as statistics
from fablabmesh.syndication import calendar_views as syndication
from fablabmesh.teams import actions as teams_actions
from fablabmesh.teams import claim_actions, invitation_actions
from fablabmesh.teams import people_views as teams
from fablabmesh.tokens import actions as tokens_actions
from fablabmesh.tokens import api as tokens_api
from fablabmesh.tokens import views as tokens
from fablabmesh.upkeep import date_views as dates
from fablabmesh.upkeep import history_views as history
from fablabmesh.upkeep import image_views as images
from fablabmesh.vocabularies import api as vocabularies_api
from fablabmesh.vocabularies import term_views as vocabularies
from fablabmesh.zones import api as zones_api
from fablabmesh.zones import views as zones

# A room whose views are in several modules is named by the one that imports the others.
ROOMS = [
    door.bp,
    caldav.bp,
    coordination.bp,
    curation.bp,
    dates.bp,
    directory.bp,
    places_calendar.bp,
    digests_views.bp,
    authoring.bp,
    events.bp,
    events_api.bp,
    feeds.bp,
    health.bp,
    history.bp,
    home.bp,
    imports.bp,
    home_api.bp,
    images.bp,
    journal.bp,
    mails_views.bp,
    maps.bp,
    moderation.bp,
    notices.bp,
    opendata.bp,
    places.bp,
    places_api.bp,
    posters.bp,
    privacy.bp,
    projects.bp,
    projects_api.bp,
    reports.bp,
    statistics.bp,
    search.bp,
    sheets.bp,
    signin.bp,
    site.bp,
    syndication.bp,
    teams.bp,
    tokens.bp,
    tokens_api.bp,
    vocabularies.bp,
    vocabularies_api.bp,
    zones.bp,
    zones_api.bp,
]
COMMANDS = [
    accounts_cli.group,
    demo_cli.group,
    digests_cli.group,
    files_cli.group,
    imports_cli.group,
    maps_cli.group,
    publication_cli.group,
    migrations.group,
    opendata_cli.group,
    privacy_cli.group,
]
# What `fablabmesh work` does again and again.
CHORES = [
    Chore("letters", timedelta(minutes=1), digest_issues.write_due),
    Chore("unconfirmed letters", timedelta(hours=1), digests.forget_unconfirmed),
    Chore("notices", timedelta(minutes=1), notices_actions.write_digests),
    Chore("mails", timedelta(seconds=10), mails.deliver),
    Chore("old mails", timedelta(hours=6), mails.erase_old),
    Chore("agenda", timedelta(hours=6), renewal_actions.refresh),
    Chore("school holidays", timedelta(hours=6), authoring_actions.leave_out_later_holidays, goes_on=True),
    Chore("map", timedelta(seconds=5), maps_actions.refresh),
    Chore("images", timedelta(hours=6), forget_images),
    # Somebody waits for an import before a page; what is followed is due by its own clock.
    Chore("imports", timedelta(seconds=1), imports_actions.work, goes_on=True),
    Chore("followed calendars", timedelta(seconds=20), followed_calendars.follow_due, goes_on=True),
    Chore("openings", timedelta(hours=1), openings.count_out_due, goes_on=True),
    Chore("old proposals", timedelta(hours=6), curation_actions.forget_old),
    Chore("twins", timedelta(minutes=10), merge_actions.search_twins, goes_on=True),
    Chore("still right", timedelta(hours=6), freshness_actions.ask_yearly),
    Chore("asked letters", timedelta(seconds=2), signin_actions.write_asked),
    # Before sessions go: it keeps from them when somebody came last.
    Chore("privacy", timedelta(hours=6), privacy_actions.keep_to_schedule),
    Chore("old sessions", timedelta(hours=6), accounts_actions.forget_sign_ins),
    Chore("old failures", timedelta(hours=6), attempt_actions.forget_failures),
    Chore("new proposals", timedelta(minutes=1), notice_actions.tell_new, goes_on=True),
    Chore("late decisions", timedelta(hours=1), notice_actions.tell_late),
    Chore("old letters to poles", timedelta(hours=1), coordination_actions.forget_old),
    Chore("old words", timedelta(hours=6), accounts_actions.forget_words),
    Chore("old invitations", timedelta(hours=6), invitation_actions.forget_old),
    Chore("claims left alone", timedelta(minutes=10), claim_actions.tell_coordinators, goes_on=True),
    Chore("old claims", timedelta(hours=6), claim_actions.forget_old),
    Chore("codes of communes", timedelta(hours=1), opendata_actions.complete_codes),
    Chore("old imports", timedelta(hours=6), imports_actions.erase_old),
    Chore("distances", timedelta(minutes=2), statistics_actions.measure_reach),
    Chore("old tokens", timedelta(hours=6), tokens_actions.forget_old),
    Chore("words to search", timedelta(minutes=5), search_actions.learn_words),
]
# What rooms do of their own when a person is erased, beside foreign keys.
FORGETTERS: tuple[privacy_actions.Forgetter, ...] = (coordination_actions.forget_person,)

# What those who run the site call the letters that rooms write.
LETTERS = [
    digests.KIND_LABELS,
    followed_calendars.KIND_LABELS,
    coordination_actions.KIND_LABELS,
    curation_actions.KIND_LABELS,
    notices_actions.KIND_LABELS,
    privacy_actions.KIND_LABELS,
    teams_actions.KIND_LABELS,
    signin_actions.KIND_LABELS,
    tokens_actions.KIND_LABELS,
    notice_actions.KIND_LABELS,
]

# What is worth packing on the way.
COMPRESSED = [
    "text/html",
    "text/css",
    "text/javascript",
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "application/manifest+json",
    "image/svg+xml",
]


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application for these settings, or for those of the environment."""
    settings = settings or read_settings()
    legal.warn(settings)
    templates, static = find_folder("templates"), find_folder("static")
    app = Flask("fablabmesh", template_folder=str(templates), static_folder=str(static))
    app.config.update(
        BASE_URL=settings.base_url,
        SETTINGS=settings,
        TESTING=settings.environment == "test",
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_STREAMS=False,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["markdown"] = render_markdown
    app.jinja_env.globals.update(version=version("fablabmesh"), contact=settings.contact)
    i18n.install(app)
    # Before the transaction's end is installed: answers are compressed last, in the order Flask runs these.
    flask_compress.Compress(app)
    static_files.install(app)
    web.install(app, settings)
    accounts_session.install(app)
    db.install(app, db.connect(settings.database_url))
    agent = f"FabLabMesh/{version('fablabmesh')} (+{settings.base_url})"
    _equip_session(settings, templates, agent)
    app.extensions["geocoder"] = Geocoder(settings.geocoder_url, agent)
    web.register(app, ROOMS)
    _add_commands(app, settings)
    error_pages.install(app)
    _keep_map(app, settings, agent)
    _keep_calendars(app)
    _keep_places(app)
    return app


def _equip_session(settings: Settings, templates: Path, agent: str) -> None:
    """What actions find beside the database: where the site is, how letters leave, who asks strangers."""
    publication.install(db.session, publication.Publisher(settings.base_url, settings.feed_past_days))
    mails.install(db.session, _make_office(settings, templates))
    attempt_actions.install(db.session, settings.secret_key.encode())
    notices_actions.install(db.session, settings.secret_key.encode())
    digests.install(db.session, digests.Desk(settings.base_url, settings.secret_key.encode()))
    followed_calendars.install(db.session, followed_calendars.Fetcher(agent))
    teams_actions.install(db.session, settings.secret_key.encode())
    coordination_actions.install(db.session, settings.secret_key.encode())
    signin_actions.install(db.session, signin_actions.make_desk(settings))
    privacy_actions.install(db.session, privacy_actions.Forgetters(FORGETTERS))


def _add_commands(app: Flask, settings: Settings) -> None:
    for command in (*COMMANDS, setup, home_cli.work):
        app.cli.add_command(command)
    app.extensions["chores"] = CHORES
    keepers = (files_cli.keep_published, files_cli.keep_places)
    published = [partial(keep, settings.publish_dir) for keep in keepers] if settings.publish_dir else []
    app.extensions["companions"] = published


def find_folder(name: str) -> Path:
    """`templates`, `static` or `migrations`: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    beside = {"migrations": "alembic"}.get(name, name)
    for folder in (package / name, package.parent / beside):
        if folder.is_dir():
            return folder
    raise SystemExit(f"fablabmesh: the folder {beside!r} is missing; install the wheel or work in a whole checkout.")


def _make_office(settings: Settings, templates: Path) -> mails.Office:
    writer = Writer(templates, settings.base_url)
    kinds = {kind: label for labels in LETTERS for kind, label in labels.items()}
    office = mails.Office(writer, settings.base_url, heed=(digests.heed,), kinds=kinds)
    if settings.smtp_url:
        office.server, office.sender = read_server(settings.smtp_url), read_sender(settings.mail_from)
    return office


def _keep_map(app: Flask, settings: Settings, agent: str) -> None:
    """Data of the map whose address names their version are answered before the application is."""
    folder = settings.data_dir / "fonds"
    carriers = {layer.code: Carrier(layer.url, folder, agent) for layer in settings.layers if layer.proxy}
    app.extensions["map_backgrounds"] = carriers
    memory = app.extensions["map_memory"] = maps_front.Memory()
    app.wsgi_app = maps_front.Front(app.wsgi_app, memory)  # type: ignore[method-assign]


def _keep_calendars(app: Flask) -> None:
    """Calendars asked for again are answered before the application is."""
    memory = app.extensions["feeds"] = Memory()
    engine = app.extensions["engine"]
    news_actions.install(db.session, memory.advance)
    front = Front(app.wsgi_app, memory, lambda: db.listen(engine, publication.CHANNEL))
    app.wsgi_app = front  # type: ignore[method-assign]


def _keep_places(app: Flask) -> None:
    """What filters count on, and files that were asked for."""
    app.extensions["directory_shelf"] = directory.Shelf()
    memory = app.extensions["places_memory"] = facets.Memory()
    facets.install(db.session, memory)


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Prépare ou met à jour : schéma, données nationales, démonstration la première fois (hors production)."""
    settings: Settings = current_app.config["SETTINGS"]
    migrations.upgrade(settings.database_url)
    is_first = opendata_cli.load_if_needed()
    if is_first and not settings.is_production:
        demo_cli.set_up()
    renewal_actions.settle_aged(is_moved=True)


def _begin() -> Flask:
    """For the command line, whose worker writes a log as a server does."""
    settings = read_settings()
    watch.set_up(has_words=settings.environment == "development")
    return create_app(settings)


@click.group(cls=FlaskGroup, create_app=_begin)
def cli() -> None:
    """Fab Lab Mesh : annuaire, carte et agenda des Fab Labs."""
