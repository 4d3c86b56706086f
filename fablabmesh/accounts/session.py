"""Who is asking: Flask-Login enters here. The browser holds a random token; the session itself is a row.

Flask's signed cookie alone cannot be ended from the server, which is why the token leads to a row.
"""

from datetime import timedelta

from flask import Flask
from flask import session as cookie
from flask_login import LoginManager, login_user, logout_user

from fablabmesh.accounts import actions, queries
from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import Visitor
from fablabmesh.kit import clock

_UNUSED_LIFE = timedelta(days=30)
_TOKEN = "_user_id"  # noqa: S105 - Flask-Login's own key for what get_id gives


def install(app: Flask) -> None:
    """Tell Flask-Login how a token becomes a person."""
    manager = LoginManager()
    manager.anonymous_user = Visitor
    manager.session_protection = None
    manager.init_app(app)
    manager.user_loader(_find_person)


def _find_person(token: str) -> Account | None:
    now = clock.now()
    sign_in = queries.find_open_sign_in(actions.digest(token), seen_after=now - _UNUSED_LIFE)
    if sign_in is None:
        return None
    actions.touch(sign_in, now=now)
    return sign_in.account


class _Bearer:
    """What Flask-Login writes into the cookie: the token in the place of the account's number."""

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, token: str) -> None:
        self.token = token

    def get_id(self) -> str:
        return self.token


def begin(account: Account) -> None:
    """Sign in: a fresh cookie (nothing of the visitor's survives) with a fresh token."""
    token = actions.open_sign_in(account, now=clock.now())
    cookie.clear()
    login_user(_Bearer(token))


def end() -> None:
    """Sign out: the row is ended and the cookie emptied."""
    token = cookie.get(_TOKEN)
    if token:
        actions.end_sign_in(token, now=clock.now())
    logout_user()
    cookie.clear()
