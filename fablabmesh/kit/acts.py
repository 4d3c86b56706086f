"""What each view does, and whether it asked for the right to do it before it answered.

`@does(Act.X)` beside the access mark names the act. One that depends on the person alone is settled here, before the
view. One that is done to an object (a place, an event) is asked for by the view, by `hold_to`, once it knows which; an
answer below 400 of a view that never asked is an error, and nothing of it is kept.
"""

from collections.abc import Callable, Collection
from typing import Any, ParamSpec, Protocol, TypeVar

from flask import Flask, Response, current_app, g, request

from fablabmesh.kit.errors import Forbidden, NotFound
from fablabmesh.kit.i18n import gettext as _

P = ParamSpec("P")
R = TypeVar("R")


class Right(Protocol):
    """What is asked of an act of the table of rights (`accounts.rights.Act`)."""

    @property
    def is_open(self) -> bool:
        """Everybody may, whatever the object."""

    @property
    def is_of_object(self) -> bool:
        """The answer depends on which object it is."""

    def is_given(self, ties: Collection[Any]) -> bool:
        """Do these ties to an object allow it?"""

    def is_given_to(self, person: Any) -> bool:
        """May this person do it to the site as a whole?"""


class Unasked(RuntimeError):
    """A view answered without having asked for the right to do what it does."""


def does(*acts: Right) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark: this view does that. Of several, one right is enough, and the view says by `hold_to` which."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.acts = acts  # type: ignore[attr-defined]
        return view

    return mark


def acts_of(view: Any) -> tuple[Right, ...]:
    """What a view does; nothing where it does not say."""
    acts: tuple[Right, ...] = getattr(view, "acts", ())
    return acts


def refusal() -> str:
    """What somebody is told who may not."""
    return _("Vous n’avez pas le droit de faire cela.")


def hold_to(act: Right, ties: Collection[Any], *, hidden: str | None = None) -> None:
    """Refuse unless one of these ties to the object allows the act; and note that it was asked.

    `hidden`: what is said of an object that does not exist, where nobody else is to know that this one does.
    """
    g.setdefault("acts_asked", set()).add(act)
    if act.is_given(ties):
        return
    if hidden is not None:
        raise NotFound(hidden)
    raise Forbidden(refusal())


def check_person(view: Any, person: Callable[[], Any]) -> None:
    """Before the view: is there an act among its own that this person may do, or may turn out to?"""
    acts = acts_of(view)
    if any(act.is_open or act.is_of_object for act in acts):
        return
    if not any(act.is_given_to(person()) for act in acts):
        raise Forbidden(refusal())


def install(app: Flask) -> None:
    """To be called once the end of the transaction is installed: what raises here must come before it."""

    @app.after_request
    def see_that_it_asked(response: Response) -> Response:
        acts = acts_of(current_app.view_functions.get(request.endpoint or ""))
        if response.status_code >= 400 or any(act.is_open or not act.is_of_object for act in acts):
            return response
        # Sent to sign in: the view was not reached.
        if acts and not g.get("is_led_away") and not g.get("acts_asked", set()) & set(acts):
            raise Unasked(f"{request.endpoint} answered {response.status_code} without asking for {acts}")
        return response
