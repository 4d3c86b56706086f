"""Writes: something told to somebody, at once or with other things later, as they chose; and what they choose.

Rooms call `notify` where something happens that concerns people; it is told in the transaction of the act.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import equip, session, transaction
from fablabmesh.kit.i18n import force_locale, root_of
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.letters import Letter
from fablabmesh.mails import actions as mails
from fablabmesh.mails.models import Mail
from fablabmesh.notices import queries, rules
from fablabmesh.notices.models import Notice, NoticeChoice
from fablabmesh.notices.rules import EVERYTHING, Frequency, Kind

DIGEST = "notices/digest"
NOTICE = "notices/mail/notice.html"
MOST_A_TURN = 500
# RFC 3676 §4.3: what follows is the signature.
_SIGNATURE = "\n-- \n"
KIND_LABELS = {
    DIGEST: _l("Avis rassemblés"),
    "notices/proposal": _l("Avis : propositions du public"),
    "notices/pending": _l("Avis : à relire"),
    "notices/claim": _l("Avis : prise en charge d’un lieu"),
    "notices/late": _l("Avis : ce qui attend"),
    "notices/decision": _l("Avis : publication ou refus"),
    "notices/partner_request": _l("Avis : demande de participation"),
    "notices/partner_answer": _l("Avis : réponse à une participation"),
    "notices/team": _l("Avis : équipe d’un lieu"),
    "notices/source": _l("Avis : agenda suivi en panne"),
    "notices/freshness": _l("Avis : fiche à confirmer"),
    "notices/report": _l("Avis : suite d’un signalement"),
    "notices/zone_news": _l("Avis : nouvelles de la zone"),
    "notices/security": _l("Avis : sécurité d’un compte"),
}

# What a letter says: by name, or by name in a language.
Values = Mapping[str, object] | Callable[[str], Mapping[str, object]]


def install(factory: scoped_session[Session], key: bytes) -> None:
    """Have every session of this factory know what links are signed by."""
    equip(factory, notice_key=key)


def _key() -> bytes:
    key: bytes = session().info["notice_key"]
    return key


# --- telling -----------------------------------------------------------------------------------------------------


def notify(
    person: Account,
    kind: Kind,
    values: Values,
    *,
    path: str,
    now: datetime,
    template: str = NOTICE,
    about: int | None = None,
    sort: str = "",
    expires_at: datetime | None = None,
) -> Mail | None:
    """Tell somebody: by a letter that leaves at once, by a line of their next digest, or not at all, as they chose.

    `path`: where it is seen, without language (`/lieux/labfab`). `values`: of the template; those of `notices/mail/
    notice.html` are `title` (the subject), `lines` (paragraphs), `button` (of the link). Given as a function, it is
    called in the language of the person. `about`: what is told of the same thing again replaces what waits. `sort`: of
    the letter, for those who run the site; that of the kind unless it is given.

    Invented people are told on the page of letters of a site that has no server of mail, and nowhere else.
    """
    if not person.is_active or (person.is_demo and mails.office().server is not None):
        return None
    frequency = queries.frequency_of(person, kind)
    if frequency is Frequency.NONE:
        return None
    url = _address(person.language, path)
    with force_locale(person.language):
        given = values(person.language) if callable(values) else values
    letter = _write(template, person, kind.value, url, given)
    if frequency is not Frequency.AT_ONCE:
        _keep(person, kind, about, (letter.subject, url), now, frequency)
        return None
    return mails.send_later(
        letter,
        to=person.email,
        kind=sort or f"notices/{kind.value}",
        about=about,
        now=now,
        headers=_headers(person, kind.value) if kind.is_tunable else None,
        expires_at=expires_at,
    )


def notify_all(
    people: Iterable[Account], kind: Kind, values: Values, *, path: str, now: datetime, about: int | None = None
) -> None:
    """The same to several, each in their language and as often as they chose."""
    for person in people:
        notify(person, kind, values, path=path, now=now, about=about)


def forget_about(kind: Kind, about: int) -> None:
    """What waits to be told of this thing is true no longer: a proposal that somebody decided, say."""
    session.execute(delete(Notice).where(Notice.kind == kind, Notice.about == about))


def _keep(
    person: Account, kind: Kind, about: int | None, told: tuple[str, str], now: datetime, frequency: Frequency
) -> None:
    if about is not None:
        same = delete(Notice).where(Notice.account_id == person.id, Notice.kind == kind, Notice.about == about)
        session.execute(same)
    title, url = told
    due_at = rules.due_after(now, frequency)
    session.add(Notice(account_id=person.id, kind=kind, about=about, title=title, url=url, at=now, due_at=due_at))
    session.flush()


def _address(language: str, path: str) -> str:
    return f"{mails.office().base_url}{root_of(language)}{path}"


def _write(template: str, person: Account, word: str, url: str, values: Mapping[str, object]) -> Letter:
    """A letter from its template, with how it is tuned and stopped: the layout tells it in HTML, the text here."""
    foot = _foot(person, word, url)
    letter = mails.write(template, person.language, **{**values, **foot})
    if not foot["is_tunable"]:
        return letter
    with force_locale(person.language):
        stop = _("Ne plus recevoir ceux-ci") if foot["why"] else _("Ne plus recevoir d’avis")
        links = f"{_('Régler mes avis')}\n{foot['settings_url']}\n{stop}\n{foot['stop_url']}\n"
    body, mark, signature = letter.text.partition(_SIGNATURE)
    return replace(letter, text=f"{body.rstrip()}\n\n{links}{mark}{signature}")


def _foot(person: Account, word: str, url: str) -> dict[str, object]:
    """What each template is given: where it is seen, tuned and stopped."""
    with force_locale(person.language):
        why = "" if word == EVERYTHING else Kind(word).label
    return {
        "url": url,
        "why": why,
        "is_tunable": word == EVERYTHING or Kind(word).is_tunable,
        "settings_url": _address(person.language, "/mon-espace/avis"),
        "stop_url": _address(person.language, f"/avis/arreter/{stop_word(person, word)}"),
    }


def stop_word(person: Account, kind: str) -> str:
    """What stands at the end of the link that stops a kind of notices, or all."""
    return rules.write_stop(_key(), person.id, kind)


def _headers(person: Account, word: str) -> dict[str, str]:
    """RFC 8058: one POST to this address, with this body and nothing else, ends it. Programs speak no language."""
    base = mails.office().base_url
    return {
        "List-Id": f"<avis.{urlsplit(base).hostname or 'localhost'}>",
        "List-Unsubscribe": f"<{base}/avis/arreter/{stop_word(person, word)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


# --- choosing ----------------------------------------------------------------------------------------------------


def choose(person: Account, chosen: Mapping[Kind, Frequency], *, now: datetime) -> None:
    """From now on; what waits already is told, or forgotten, as was just chosen."""
    for kind, frequency in chosen.items():
        if not kind.is_tunable:
            continue
        values = {"account_id": person.id, "kind": kind, "frequency": frequency}
        put = insert(NoticeChoice).values(**values)
        keys = [NoticeChoice.account_id, NoticeChoice.kind]
        session.execute(put.on_conflict_do_update(index_elements=keys, set_={"frequency": frequency}))
        waiting = (Notice.account_id == person.id, Notice.kind == kind)
        if frequency is Frequency.NONE:
            session.execute(delete(Notice).where(*waiting))
        else:
            due_at = rules.due_after(now, frequency)
            session.execute(update(Notice).where(*waiting).values(due_at=due_at))


def set_language(person: Account, language: str) -> None:
    """In which they are written to from now on."""
    person.language = language
    session.flush()


def read_stop(word: str) -> tuple[Account, str] | None:
    """Whose notices a link stops, and which: a kind, or all."""
    found = rules.read_stop(_key(), word)
    person = queries.find_account(found[0]) if found else None
    if found is None or person is None or (found[1] != EVERYTHING and found[1] not in list(Kind)):
        return None
    return person, found[1]


def stop(word: str, *, now: datetime) -> bool:
    """What the link says comes no more. False: the link is not ours, or of nobody any more."""
    found = read_stop(word)
    if found is None:
        return False
    person, which = found
    kinds = rules.kinds_for(person) if which == EVERYTHING else [Kind(which)]
    choose(person, dict.fromkeys(kinds, Frequency.NONE), now=now)
    return True


# --- digests -----------------------------------------------------------------------------------------------------


def write_digests(now: datetime) -> int:
    """The chore: one letter to each who has something due, each in a transaction of its own; says how many."""
    count = 0
    for _turn in range(MOST_A_TURN):
        with transaction():
            person = queries.find_due_account(now)
            if person is None:
                break
            count += _write_digest(person, now)
        session.expunge_all()
    return count


def _write_digest(person: Account, now: datetime) -> bool:
    due = queries.list_due(person.id, now)
    fresh = [notice for notice in due if notice.at > now - rules.KEPT_WAITING]
    session.execute(delete(Notice).where(Notice.id.in_([notice.id for notice in due])))
    if not fresh or not person.is_active:
        return False
    shown, rest = fresh[: rules.MOST_IN_A_DIGEST], len(fresh[rules.MOST_IN_A_DIGEST :])
    with force_locale(person.language):
        groups = [
            (kind.label, [(notice.title, notice.url) for notice in those])
            for kind, those in groupby(shown, key=lambda notice: notice.kind)
        ]
    told = {"groups": groups, "count": len(fresh), "rest": rest}
    url = _address(person.language, "/mon-espace")
    letter = _write("notices/mail/digest.html", person, EVERYTHING, url, told)
    mails.send_later(letter, to=person.email, kind=DIGEST, now=now, headers=_headers(person, EVERYTHING))
    return True
