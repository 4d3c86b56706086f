"""What the coordinators of a zone may write of their pole, and how much of it. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from fablabmesh.kit.i18n import gettext as _

LONGEST_TEXT, LONGEST_MESSAGE = 20_000, 5_000
MOST_CONTACTS = 12
# So many are on the zone's page, in a feed.
ON_THE_ZONE_PAGE, IN_A_FEED = 3, 30
NETWORK_WINDOW = timedelta(hours=1)
# Letters that one network may have the site bring to poles within the window.
MOST_PER_NETWORK = 5


@dataclass(frozen=True)
class Contact:
    """Whom to ask for what. A name has the day on which its bearer agreed."""

    role: str
    name: str = ""
    consented_on: date | None = None
    text: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""


def unknown() -> str:
    """What is said of news that are not there, or not for everybody yet."""
    return _("Cette nouvelle n’existe pas, ou n’est pas publiée.")
