"""Writes: who has left is forgotten by the journal. All else in it is written by the database."""

from sqlalchemy import func, select

from fablabmesh.kit.db import session


def forget_person(account_id: int) -> int:
    """That somebody acted stays; who it was does not. Says how many acts there were.

    Whoever deletes an account need not call this: the journal forgets them with it.
    """
    session.flush()
    return session.scalar(select(func.journal_forget(account_id))) or 0
