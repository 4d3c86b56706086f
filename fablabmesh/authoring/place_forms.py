"""The part of an event's form that says where, and which labs organise it together."""

from collections.abc import Sequence
from typing import Any

from fablabmesh.authoring.whereabouts import NOWHERE, Choice, Found, Spot, Town, read_id, read_town
from fablabmesh.events.forms import fault
from fablabmesh.events.rules import HOME_ZONE, OnlineAccess
from fablabmesh.kit.forms import (
    BaseForm,
    Length,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    line,
    web_address,
)
from fablabmesh.kit.i18n import gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.text import fold

HERE, ELSEWHERE, ADDRESS = "here", "elsewhere", "address"
MOST_PARTNERS = 30


class PlaceForm(BaseForm):
    """Where. What is looked for by name is chosen among what was found, with or without a script."""

    place = SelectField(_l("Organisé par"), coerce=int)
    where = RadioField(_l("Où"), default=HERE)
    venue_search = StringField(_l("Nom du lieu, ou sa commune"), filters=[line], validators=[Length(max=100)])
    venue = RadioField(_l("Lieu de l’événement"), coerce=read_id, validate_choice=False)
    address = StringField(_l("Adresse"), filters=[line], validators=[Length(max=300)])
    town_search = StringField(_l("Commune ou code postal"), filters=[line], validators=[Length(max=100)])
    town = RadioField(_l("Commune"), validate_choice=False)
    online_access = RadioField(_l("En ligne"), default=OnlineAccess.NONE.value)
    online_url = StringField(_l("Lien pour participer"), filters=[line], validators=[web_address, Length(max=1000)])
    partner_search = StringField(
        _l("Ajouter un lieu : son nom, ou sa commune"), filters=[line], validators=[Length(max=100)]
    )
    partners = SelectMultipleField(_l("Organisé avec"), coerce=int)

    def __init__(self, places: Sequence[Choice], *, found: Found, kept_spot: Spot = NOWHERE, **given: Any) -> None:
        """`places`: where this person may publish. `kept_spot`: where the event is now, if at an address."""
        super().__init__(**given)
        self._places = {place.id: place for place in places}
        self._found, self._kept_spot = found, kept_spot
        self.place.choices = [(place.id, place.name) for place in places]
        self.where.choices = [
            (HERE, gettext("Dans le lieu qui l’organise")),
            (ELSEWHERE, gettext("Dans un autre lieu du réseau")),
            (ADDRESS, gettext("À une autre adresse")),
        ]
        self.venue.choices = [(place.id, place.label) for place in found.venues]
        self.town.choices = [(town.insee, town.label) for town in found.towns]
        self.partners.choices = [(place.id, place.label) for place in found.partners]
        self.online_access.choices = [(item.value, item.label) for item in OnlineAccess]

    @property
    def organiser(self) -> Choice | None:
        """The place that publishes the event."""
        return self._places.get(self.place.data)

    @property
    def chosen_venue(self) -> Choice | None:
        """The other place of the mesh where it happens."""
        if self.where.data != ELSEWHERE:
            return None
        return next((place for place in self._found.venues if place.id == self.venue.data), None)

    @property
    def chosen_town(self) -> Town | None:
        if self.where.data != ADDRESS:
            return None
        return next((town for town in self._found.towns if town.insee == self.town.data), None)

    @property
    def spot(self) -> Spot:
        """The address it is at; empty in a lab. An address that was not changed keeps its point."""
        if self.where.data != ADDRESS:
            return NOWHERE
        text = self.address.data or ""
        town = self.chosen_town
        if town is None:
            return self._kept_spot if text == self._kept_spot.text else Spot(text)
        whole = f"{text}, {town.label}" if text else town.label
        if whole == self._kept_spot.text and self._kept_spot.latitude is not None:
            return self._kept_spot
        return Spot(whole, town.latitude, town.longitude)

    @property
    def place_timezone(self) -> str:
        """The zone on the clocks of where it happens."""
        there = self.chosen_venue or self.chosen_town or self.organiser
        return there.timezone if there else HOME_ZONE

    @property
    def place_values(self) -> dict[str, Any]:
        """The columns of the event that say where."""
        venue, spot = self.chosen_venue, self.spot
        access = OnlineAccess(self.online_access.data)
        return {
            "venue_id": venue.id if venue and venue.id != self.place.data else None,
            "venue_text": spot.text,
            "venue_latitude": spot.latitude,
            "venue_longitude": spot.longitude,
            "online_access": access,
            "online_url": "" if access is OnlineAccess.NONE else self.online_url.data,
        }

    @property
    def partner_ids(self) -> list[int]:
        """The other labs that organise it."""
        return sorted(set(self.partners.data or ()) - {self.place.data})

    def validate(self, extra_validators: object = None) -> bool:
        """Each field, then what was looked for and not chosen."""
        self._choose_what_was_found()
        fine: bool = super().validate(extra_validators)
        return self._whereabouts_make_sense() and fine

    def _choose_what_was_found(self) -> None:
        """One result is the one that was meant, and so is one of several that is called just so."""
        if self.chosen_venue is None and self.where.data == ELSEWHERE:
            self.venue.data = _only(self._found.venues, self.venue_search.data, lambda place: (place.id, place.name))
        if self.chosen_town is None and self.where.data == ADDRESS:
            self.town.data = _only(self._found.towns, self.town_search.data, lambda town: (town.insee, town.name))

    def _whereabouts_make_sense(self) -> bool:
        fine = True
        if self.where.data == ELSEWHERE and self.chosen_venue is None:
            fine = fault(self.venue_search, self._not_chosen(self.venue_search.data, self._found.venues))
        # An address that the event has already may be one that the gazetteer does not know.
        is_kept = self.spot.text != "" and self.spot == self._kept_spot
        if self.where.data == ADDRESS and self.chosen_town is None and not is_kept:
            fine = fault(self.town_search, self._not_chosen(self.town_search.data, self._found.towns))
        if not (self.online_access.errors or self.online_access.data == OnlineAccess.NONE or self.online_url.data):
            fine = fault(self.online_url, gettext("Collez le lien qui permet de participer en ligne."))
        if len(self.partners.data or ()) > MOST_PARTNERS:
            fine = fault(self.partners, gettext("Choisissez %(count)s lieux au plus.", count=MOST_PARTNERS))
        return fine

    def _not_chosen(self, search: str | None, found: Sequence[Any]) -> str:
        if not search:
            return gettext("Écrivez un nom à chercher, puis choisissez dans la liste.")
        if found:
            return gettext("Choisissez dans la liste de ce qui a été trouvé.")
        return gettext("Rien ne porte le nom « %(name)s » : essayez un mot plus court, sans faute.", name=search)


def _only(found: Sequence[Any], search: str | None, tell: Any) -> Any:
    if not search or not found:
        return None
    if len(found) == 1:
        return tell(found[0])[0]
    alike = [each for each in found if fold(tell(each)[1]) == fold(search)]
    return tell(alike[0])[0] if len(alike) == 1 else None


def place_fields(event: Any, town: Town | None) -> dict[str, Any]:
    """What a form is filled with: by field, the text that a browser would send. `town`: of the address it is at."""
    where = ELSEWHERE if event.venue_id else ADDRESS if event.venue_text else HERE
    return {
        "place": str(event.place_id),
        "where": where,
        "venue_search": "",
        "venue": str(event.venue_id) if event.venue_id else None,
        "address": read_town(event.venue_text)[0] if town else event.venue_text,
        "town_search": town.postcode if town else "",
        "town": town.insee if town else None,
        "online_access": event.online_access.value,
        "online_url": event.online_url,
        "partner_search": "",
        "partners": [str(place.id) for place in event.partners],
    }
