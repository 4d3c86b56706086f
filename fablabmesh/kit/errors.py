"""What can go wrong by somebody's doing, each with a message for people. HTTP statuses are read by `app` only."""


class Refusal(Exception):
    """Base of all refusals. `message` is for the reader and is already translated."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Refused(Refusal):
    """The request cannot be done as asked; the message says what to do instead."""

    status = 400


class Forbidden(Refusal):
    """Known to exist, not for this person."""

    status = 403


class NotFound(Refusal):
    """Does not exist, or its existence is nobody's business."""

    status = 404


class Gone(NotFound):
    """Was there, for everybody, and was taken away on purpose: RFC 9110 §15.5.11."""

    status = 410


class Moved(Refusal):
    """Stands at another address now, for ever. `former` and `now`: the words that name it in addresses."""

    status = 404  # where it is asked for by other means than an address of its own

    def __init__(self, message: str, *, former: str, now: str) -> None:
        super().__init__(message)
        self.former = former
        self.now = now


class Conflict(Refusal):
    """Somebody else was faster; nothing was written."""

    status = 409


class TooSoon(Refused):
    """It failed too often: to be tried again after so many seconds."""

    status = 429

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Busy(Refused):
    """There is no room for it right now; nothing is wrong with it."""

    status = 503
    seconds = 2
