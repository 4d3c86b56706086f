"""Who is asking: Flask-Login enters here. The browser holds a random token; the session itself is a row.

Flask's signed cookie alone cannot be ended from the server, which is why the token leads to a row. A second token, in
a cookie of its own, tells a browser that has been used before (`KnownDevice`); none has it before somebody signs in.
"""

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask_login import LoginManager, login_user, logout_user

from fablabmesh.accounts import actions, queries
from fablabmesh.accounts.models import Account, SignIn
from fablabmesh.accounts.rules import DEVICE_KEPT, FRESH, Means, Visitor, device_of, shown_network
from fablabmesh.kit import clock
from fablabmesh.kit.config import Settings

_TOKEN = "_user_id"  # noqa: S105 - Flask-Login's own key for what get_id gives
_HALF = "half"


def install(app: Flask) -> None:
    """Tell Flask-Login how a token becomes a person."""
    manager = LoginManager()
    manager.anonymous_user = Visitor
    manager.session_protection = None
    manager.init_app(app)
    manager.user_loader(_find_person)
    app.after_request(_give_device)


def _find_person(token: str) -> Account | None:
    now = clock.now()
    sign_in = queries.find_open_sign_in(actions.digest(token), now=now)
    if sign_in is None:
        return None
    actions.touch(sign_in, now=now, network=shown_network(request.remote_addr or ""))
    account = sign_in.account
    account.sign_in = sign_in  # type: ignore[misc]
    account.is_fresh = sign_in.proved_at > now - FRESH  # type: ignore[misc]
    return account


class _Bearer:
    """What Flask-Login writes into the cookie: the token in the place of the account's number."""

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, token: str) -> None:
        self.token = token

    def get_id(self) -> str:
        return self.token


# --- beginning and ending ----------------------------------------------------------------------------------------


def begin(account: Account, means: Means, *, is_strong: bool) -> bool:
    """Sign in: a fresh cookie (nothing of the visitor's survives) with a fresh token. Is this browser new to them?"""
    now = clock.now()
    end()
    login_user(_Bearer(_open(account, means, is_strong=is_strong)))
    device, is_new = actions.know_device(account, known_device(), now=now)
    g.device = device
    return is_new


def begin_half(account: Account, means: Means) -> None:
    """The first proof is given; the cookie leads to a row that opens nothing until the second is."""
    end()
    cookie[_HALF] = _open(account, means, is_half=True)


def find_half() -> SignIn | None:
    """Who gave the first proof in this browser a moment ago."""
    token = cookie.get(_HALF)
    return queries.find_open_sign_in(actions.digest(token), now=clock.now(), is_half=True) if token else None


def _open(account: Account, means: Means, *, is_strong: bool = False, is_half: bool = False) -> str:
    return actions.open_sign_in(
        account,
        now=clock.now(),
        means=means,
        is_strong=is_strong,
        is_half=is_half,
        device=device_of(request.user_agent.string),
        network=shown_network(request.remote_addr or ""),
    )


def prove_again(account: Account, *, is_strong: bool) -> None:
    """They proved once more who they are: another token, and the proof is a fresh one. The form's token goes on."""
    if account.sign_in is not None:
        cookie[_TOKEN] = actions.renew(account.sign_in, now=clock.now(), is_strong=is_strong)
        account.is_fresh = True  # type: ignore[misc]


def end() -> None:
    """Sign out: the rows are ended and the cookie emptied."""
    for token in (cookie.get(_TOKEN), cookie.get(_HALF)):
        if token:
            actions.end_sign_in(token, now=clock.now())
    logout_user()
    cookie.clear()


# --- browsers ----------------------------------------------------------------------------------------------------


def _device_cookie() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return "__Host-device" if settings.is_https else "device"


def known_device() -> str | None:
    """The token that this browser keeps, if anybody ever signed in from it."""
    return request.cookies.get(_device_cookie())


def _give_device(response: Response) -> Response:
    device = g.pop("device", None)
    if device is not None:
        response.set_cookie(
            _device_cookie(),
            device,
            max_age=DEVICE_KEPT,
            path="/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response
