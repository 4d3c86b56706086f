"""Writes: the letters of the week, one for each subscription, each in a transaction of its own."""

from datetime import date, datetime
from typing import TypedDict
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from fablabmesh.coordination import queries as poles
from fablabmesh.digests import actions, contents, queries, rules
from fablabmesh.digests.contents import Contents, Line, Told
from fablabmesh.digests.models import Subscription
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.feeds import queries as feeds
from fablabmesh.feeds.composition import title_of
from fablabmesh.feeds.slices import BadFilter, Slice, read_slice
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import day, force_locale, root_of
from fablabmesh.mails import actions as mails

MOST_A_TURN = 500
_MOST_KEPT = 100


class Period(TypedDict):
    """What happened from the letter before to this one, as it is `now`."""

    since: datetime
    until: datetime
    now: datetime


# (query, language, Monday of the letter before) → what the letter says; None: there is no such slice any more.
Written = dict[tuple[str, str, date], Contents | None]


def write_due(now: datetime) -> int:
    """The chore: write this week's letter to each who has not had it, and says how many were written.

    The Monday considered stands in the row, in the same transaction as the letter: run twice, it writes nothing twice.
    """
    issue = rules.issue_of(now)
    if now - issue > rules.LATE:
        return 0
    written: Written = {}
    count = 0
    for _turn in range(MOST_A_TURN):
        with transaction():
            subscription = queries.find_due(rules.issue_day(issue))
            if subscription is None:
                break
            count += _write(subscription, issue, now, written)
        session.expunge_all()
    return count


def _write(subscription: Subscription, issue: datetime, now: datetime, written: Written) -> bool:
    """Was there anything to say?"""
    if subscription.last_issue is None:
        raise ValueError("an unconfirmed subscription is never due")
    key = (subscription.query, subscription.language, subscription.last_issue)
    if key not in written:
        if len(written) >= _MOST_KEPT:
            written.clear()
        written[key] = compose(*key, issue=issue, now=now)
    told = written[key]
    subscription.last_issue = rules.issue_day(issue)
    if told is None:
        _say_goodbye(subscription, now)
        return True
    if told.is_empty:
        return False
    _send(subscription, told, now)
    return True


def compose(query: str, language: str, last_issue: date, *, issue: datetime, now: datetime) -> Contents | None:
    """What a letter says. Depends on the slice, the language and the letter before, so that many may share it."""
    with force_locale(language):
        try:
            wanted = read_query(query)
            title = title_of(wanted, feeds.find_names(wanted))
            return _gather(wanted, title, root_of(language), since=rules.issue_on(last_issue), issue=issue, now=now)
        except (BadFilter, NotFound):
            return None


def read_query(query: str) -> Slice:
    """A stored slice. BadFilter when the mesh has no such thing any more."""
    return read_slice(parse_qs(query), zones=feeds.map_zones(), categories=feeds.list_category_slugs())


def _gather(wanted: Slice, title: str, root: str, *, since: datetime, issue: datetime, now: datetime) -> Contents:
    horizon = issue + rules.AHEAD
    coming = queries.list_coming(wanted, now=now, until=horizon, limit=rules.MOST_COMING)
    total = queries.count_coming(wanted, now=now, until=horizon)
    period = Period(since=since, until=issue, now=now)
    announced = queries.list_announced(wanted, **period, after=horizon, limit=rules.MOST_ANNOUNCED)
    return Contents(
        title=title,
        issue=issue,
        coming=contents.by_day(coming, today=now.astimezone(ZoneInfo(HOME_ZONE)).date(), root=root),
        announced=tuple(contents.to_line(each, root=root, is_series=True) for each in announced),
        cancelled=_gather_cancelled(wanted, period, root),
        moved=_gather_moved(wanted, period, root),
        more=total - len(coming),
        news=_gather_news(wanted, period, root),
    )


def _gather_news(wanted: Slice, period: Period, root: str) -> tuple[Told, ...]:
    """What the poles told first of the zones that are asked for."""
    asked = sorted({zone for choice in wanted.choices for zone in choice.zones})
    if not asked:
        return ()
    told = poles.list_published_between(asked, since=period["since"], until=period["until"], limit=rules.MOST_NEWS)
    return tuple(contents.to_told(each, root=root) for each in told)


def _gather_cancelled(wanted: Slice, period: Period, root: str) -> tuple[Line, ...]:
    most = rules.MOST_CANCELLED
    dates = queries.list_cancelled_dates(wanted, **period, limit=most)
    whole: list[EventDate | Event] = [
        *queries.list_cancelled_events(wanted, **period, limit=most),
        *queries.list_withdrawn(wanted, **period, limit=most),
    ]
    lines = [(each, False) for each in dates] + [(each, True) for each in whole]
    lines.sort(key=lambda line: (line[0].starts_local, line[0].slug))
    return tuple(contents.to_line(each, root=root, is_series=is_series) for each, is_series in lines)


def _gather_moved(wanted: Slice, period: Period, root: str) -> tuple[Line, ...]:
    most = rules.MOST_MOVED
    pairs = [(each, each.recurrence_local) for each in queries.list_moved_dates(wanted, **period, limit=most)]
    pairs += queries.list_moved_events(wanted, **period, limit=most)
    pairs.sort(key=lambda pair: (pair[0].starts_local, pair[0].slug))
    return tuple(contents.to_moved_line(each, was, root=root) for each, was in pairs)


def _send(subscription: Subscription, told: Contents, now: datetime) -> None:
    base, query = actions.desk().base_url, subscription.query
    with force_locale(subscription.language):
        monday = day(rules.issue_day(told.issue))
    letter = mails.write(
        "digests/mail/issue.html",
        subscription.language,
        told=told,
        monday=monday,
        agenda_url=f"{base}{root_of(subscription.language)}/agenda" + (f"?{query}" if query else ""),
        settings_url=actions.stop_url(subscription),
    )
    mails.send_later(
        letter,
        to=subscription.email,
        kind=actions.ISSUE,
        about=subscription.id,
        now=now,
        headers=headers_of(subscription),
        expires_at=rules.issue_of(now) + 2 * rules.LATE,
    )


def headers_of(subscription: Subscription) -> dict[str, str]:
    """RFC 8058: one POST to this address, with this body and nothing else, ends it."""
    host = urlsplit(actions.desk().base_url).hostname or "localhost"
    return {
        "List-Id": f"<lettres.{host}>",
        "List-Unsubscribe": f"<{actions.stop_url(subscription, with_language=False)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _say_goodbye(subscription: Subscription, now: datetime) -> None:
    language = subscription.language
    letter = mails.write("digests/mail/gone.html", language, root=root_of(language))
    mails.send_later(letter, to=subscription.email, kind=actions.GONE, now=now)
    actions.stop(subscription, now=now)
