"""The form of an event: when, where, and all that is said of it."""

import uuid
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from fablabmesh.authoring.place_forms import PlaceForm, place_fields
from fablabmesh.authoring.schedule import read_schedule
from fablabmesh.authoring.time_forms import TimeForm, time_fields
from fablabmesh.authoring.whereabouts import NOTHING, NOWHERE, Choice, Found, Spot, Town
from fablabmesh.events.forms import fault
from fablabmesh.events.rules import PriceKind, When
from fablabmesh.kit.forms import (
    HiddenField,
    IntegerField,
    Length,
    NumberRange,
    Optional,
    SelectField,
    StringField,
    TextAreaField,
    block,
    line,
    required,
    web_address,
)
from fablabmesh.kit.i18n import gettext, language_name
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.school_holidays import spell_holidays
from fablabmesh.kit.text import clean_line, fold

MOST_TAGS, LONGEST_TAG = 12, 40
_MOST_MONEY = Decimal("99999.99")

# Those in which events of the mesh are held (BCP 47); an event may have another one from an import.
LANGUAGES = (
    *("fr", "fsl", "en", "de", "es", "it", "pt", "ar", "uk"),
    *("br", "eu", "ca", "co", "oc", "gcf", "gcr", "rcf"),
)

# What lies folded in the page, with what it holds when nobody wrote there.
FOLDED: dict[str, dict[str, Any]] = {
    "days": {"is_all_day": False, "last_day": None, "timezone": ""},
    "repeat": {"rhythm": "once", "left_out": "", "extra": "", "interval": 1, "until": None, "count": None},
    "where": {"where": "here", "venue_search": "", "town_search": "", "online_access": "none", "online_url": ""},
    "text": {"description": "", "tags": "", "audience": "", "language": "fr"},
    "come": {
        **{"price_kind": "unsaid", "price_amount": "", "capacity": None},
        **{"registration_url": "", "contact": "", "accessibility": ""},
    },
    "together": {"partners": [], "partner_search": ""},
}


class EventForm(PlaceForm, TimeForm):
    """One event, or all the dates of a series."""

    version = HiddenField()
    uid = HiddenField()
    # What was stored when the form was shown, a digest by group: tells what this person changed.
    seen = HiddenField()
    title = StringField(
        _l("Titre"), filters=[line], validators=[required(_l("Donnez un titre à l’événement.")), Length(max=200)]
    )
    category = SelectField(_l("Genre de rendez-vous"))
    description = TextAreaField(_l("Description"), filters=[block], validators=[Length(max=20_000)])
    tags = StringField(_l("Étiquettes"), filters=[line], validators=[Length(max=600)])
    audience = StringField(_l("Pour qui"), filters=[line], validators=[Length(max=200)])
    language = SelectField(_l("Langue"), default="fr")
    accessibility = TextAreaField(_l("Accessibilité"), filters=[block], validators=[Length(max=1000)])
    price_kind = SelectField(_l("Prix"), default=PriceKind.UNSAID.value)
    price_amount = StringField(_l("Montant en euros"), filters=[line], validators=[Length(max=20)])
    capacity = IntegerField(
        _l("Nombre de places"),
        validators=[Optional(), NumberRange(1, 100_000, _l("Écrivez un nombre de 1 à 100 000, ou rien."))],
    )
    registration_url = StringField(_l("Lien d’inscription"), filters=[line], validators=[web_address, Length(max=1000)])
    contact = StringField(_l("Contact"), filters=[line], validators=[Length(max=300)])

    def __init__(
        self,
        places: Sequence[Choice],
        categories: Sequence[tuple[str, str]],
        *,
        found: Found = NOTHING,
        kept: When | None = None,
        kept_spot: Spot = NOWHERE,
        kept_language: str = "fr",
        **given: Any,
    ) -> None:
        """`categories`: slug and label of each. `kept…`: what the event has that the form may not know to show."""
        super().__init__(places, found=found, kept_spot=kept_spot, kept=kept, **given)
        self.category.choices = list(categories)
        known = dict.fromkeys((*LANGUAGES, kept_language))
        self.language.choices = [(code, language_name(code)) for code in known]
        self.price_kind.choices = [(item.value, item.label) for item in PriceKind]

    @property
    def open_groups(self) -> set[str]:
        """The folded parts of the page that hold something, or a fault."""
        return {
            group
            for group, usual in FOLDED.items()
            if any(self[name].errors or (self[name].data or "") != (value or "") for name, value in usual.items())
        }

    @property
    def event_values(self) -> dict[str, Any]:
        """The columns of the event, but for its times, its place and its partners."""
        kind = PriceKind(self.price_kind.data)
        names = ("title", "description", "audience", "language", "accessibility", "registration_url", "contact")
        return {
            **{name: self[name].data for name in names},
            **self.place_values,
            "category_slug": self.category.data,
            "tags": read_tags(self.tags.data or ""),
            "capacity": self.capacity.data,
            "price_kind": kind,
            "price_amount": read_money(self.price_amount.data or "") if kind is PriceKind.AMOUNT else None,
            "school_holidays": spell_holidays(self.school_zone if self.when.rrule else None),
        }

    @property
    def typed_version(self) -> int:
        """The version the form was made of; 0, which no event has, for nonsense."""
        return read_version(self.version.data)

    @property
    def typed_uid(self) -> str | None:
        """The name given to the event when the form was shown, if it is one of ours."""
        try:
            return str(uuid.UUID(self.uid.data or ""))
        except ValueError:
            return None

    def validate(self, extra_validators: object = None) -> bool:
        """Where, when, and then the words."""
        fine = super().validate(extra_validators)
        tags = read_tags(self.tags.data or "")
        if len(tags) > MOST_TAGS:
            fine = fault(self.tags, gettext("Gardez %(count)s étiquettes au plus.", count=MOST_TAGS))
        if any(len(tag) > LONGEST_TAG for tag in tags):
            fine = fault(
                self.tags,
                gettext("Une étiquette a %(count)s lettres au plus : séparez-les par des virgules.", count=LONGEST_TAG),
            )
        if self.price_kind.data == PriceKind.AMOUNT:
            fine = self._money_makes_sense() and fine
        return fine

    def _money_makes_sense(self) -> bool:
        try:
            amount = read_money(self.price_amount.data or "")
        except ValueError:
            return fault(self.price_amount, gettext("Écrivez un montant en euros, comme 5 ou 7,50."))
        if not 0 < amount <= _MOST_MONEY:
            return fault(self.price_amount, gettext("Écrivez un montant en euros, comme 5 ou 7,50."))
        return True


def read_version(text: str | None) -> int:
    """A version as a form holds it; 0, which nothing has, for nonsense."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def read_tags(text: str) -> list[str]:
    """Between commas, semicolons or hashes; one spelling for what only case and accents tell apart."""
    found: dict[str, str] = {}
    for piece in text.replace(";", ",").replace("#", ",").split(","):
        tag = clean_line(piece)
        if tag:
            found.setdefault(fold(tag), tag)
    return list(found.values())


def read_money(text: str) -> Decimal:
    """« 7,50 € » as an amount with two decimals. ValueError for anything else."""
    plain = "".join(text.replace("€", "").split()).replace(",", ".")
    try:
        amount = Decimal(plain)
        if not amount.is_finite() or amount != round(amount, 2):
            raise ValueError(text)
        return round(amount, 2)
    except InvalidOperation as error:
        raise ValueError(text) from error


def fields_of(event: Any, when: When, *, town: Town | None, own_zone: str) -> dict[str, Any]:
    """What the form of an event is filled with: by field, the text that a browser would send.

    `when`: its times, or those of the dates that are edited. `own_zone`: that of where it happens.
    """
    amount = "" if event.price_amount is None else f"{event.price_amount:.2f}".removesuffix(".00").replace(".", ",")
    words = ("title", "description", "audience", "language", "accessibility", "registration_url", "contact")
    return {
        **time_fields(when, read_schedule(when, event.school_holidays), own_zone),
        **place_fields(event, town),
        **{name: getattr(event, name) for name in words},
        "category": event.category_slug,
        "tags": ", ".join(event.tags),
        "price_kind": event.price_kind.value,
        "price_amount": amount,
        "capacity": str(event.capacity or ""),
    }
