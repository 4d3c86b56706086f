"""Which pieces a part of the agenda is made of. The texts are written here by hand: what makes them is events'."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from fablabmesh.events.models import Event, FeedChunk
from fablabmesh.feeds import queries
from fablabmesh.feeds.slices import Slice, read_slice
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.splice import Chunk, deflate_chunk
from fablabmesh.kit.text import fold
from fablabmesh.publication.entries import to_search_text
from fablabmesh.zones.models import Commune
from tests.factories import NOW, make_department, make_event, make_place, make_project, make_zone


def write(event: Event, text: str) -> Event:
    session.execute(
        update(Event).where(Event.id == event.id).values(ical=text, ical_zones=["Europe/Paris"], digest=text)
    )
    return event


def write_chunk(place, text: str):
    chunk = deflate_chunk(text.encode())
    values = {"raw": text.encode(), "digest": text, "zones": ["Europe/Paris"], "number": 1, "changed_at": NOW}
    session.merge(
        FeedChunk(place_id=place.id, deflated=chunk.deflated, crc32=chunk.crc32, length=chunk.length, **values)
    )
    session.flush()
    return place


def read(asked: dict[str, list[str]]) -> Slice:
    return read_slice(asked, zones=queries.map_zones(), categories=queries.list_category_slugs())


def digests(**asked: list[str] | str) -> list[str]:
    args = {name.replace("_", "."): [value] if isinstance(value, str) else value for name, value in asked.items()}
    return [piece.digest for piece in queries.list_pieces(read(args), with_text=False)]


@pytest.fixture
def labs(db):
    """Rennes with a project, Nantes with a partner of it, an EPN in Rennes; and a lab with nothing to tell."""
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    rennes = write_chunk(make_place(name="Rennes"), "rennes")
    nantes = make_place(
        name="Nantes", commune="Nantes", department="44", insee="44109", latitude=47.218, longitude=-1.554
    )
    write_chunk(nantes, "nantes")
    epn = write_chunk(make_place(name="Cyber", kind="epn"), "epn")
    write_chunk(make_place(name="Silence"), "")
    make_zone("35")
    make_zone("44", slug="loire", name="Loire", position=2)
    make_zone("35", programme="epn", slug="bretagne", name="Bretagne")
    make_project(rennes, title="Fraiseuse", partners=(nantes,))
    session.add(Commune(insee="35238", name="Rennes", folded_name="rennes", postcodes=["35000"], department_code="35",
                        latitude=48.114, longitude=-1.68, population=220_000))  # fmt: skip
    session.flush()
    return {"rennes": rennes, "nantes": nantes, "epn": epn}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["rennes", "nantes", "epn"]),
        ({"lieu": "nantes"}, ["nantes"]),
        ({"lieu": ["nantes", "rennes"]}, ["rennes", "nantes"]),
        ({"zone": "ouest"}, ["rennes", "epn"]),
        ({"zone": ["ouest", "loire"]}, ["rennes", "nantes", "epn"]),
        ({"zone": "epn/bretagne", "genre": "epn"}, ["epn"]),
        ({"programme": "epn"}, ["rennes", "epn"]),
        ({"genre": "fablab"}, ["rennes", "nantes"]),
        ({"genre": "laureat"}, []),
        ({"projet": "fraiseuse"}, ["rennes", "nantes"]),
        ({"projet": "fraiseuse", "zone": "loire"}, ["nantes"]),
        ({"lieu": "nantes", "2_genre": "epn"}, ["nantes", "epn"]),
    ],
)
def test_whole_places_are_chosen_by_what_they_are_and_where(labs, asked, found):
    assert digests(**asked) == found


def test_the_text_of_a_place_comes_ready_to_be_spliced(labs):
    (piece,) = queries.list_pieces(read({"lieu": ["nantes"]}), with_text=True)

    assert piece.text == deflate_chunk(b"nantes")
    assert isinstance(piece.text, Chunk)
    assert (piece.zones, piece.changed_at) == (["Europe/Paris"], NOW)


@pytest.fixture
def events(labs):
    """Two in Rennes, one in Nantes, and a draft that calendars do not have."""
    first = make_event(labs["rennes"], title="Découpe laser", category="formation")
    first.language, first.tags = "en", ["Bois", "Métal", "Straßenfest"]
    session.commit()
    write(first, "laser")
    write(make_event(labs["rennes"], title="Couture", description="Une œuvre d’été 100 % lin"), "couture")
    write(make_event(labs["nantes"], title="Laser et bois"), "bois")
    make_event(labs["nantes"], title="Brouillon laser").is_draft = True
    session.commit()
    return first


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"categorie": "formation"}, ["laser"]),
        ({"categorie": ["formation", "atelier"]}, ["laser", "couture", "bois"]),
        ({"categorie": "atelier", "zone": "ouest"}, ["couture"]),
        ({"langue": "en"}, ["laser"]),
        ({"autour": "35238", "rayon": "5"}, ["laser", "couture"]),
        ({"autour": "47.2,-1.5", "rayon": "120"}, ["laser", "couture", "bois"]),
        ({"autour": "47.2,-1.5", "rayon": "5", "genre": "epn"}, []),
        ({"etiquette": "bois"}, ["laser"]),
        ({"etiquette": "METAL"}, ["laser"]),
        ({"etiquette": "Straßenfest"}, ["laser"]),
        ({"etiquette": "strassenfest"}, ["laser"]),
        ({"etiquette": ["rien", "métal"]}, ["laser"]),
        ({"etiquette": "boi"}, []),
        ({"q": "LASER"}, ["laser", "bois"]),
        ({"q": "laser metal"}, ["laser"]),
        ({"q": "oeuvre d'ete"}, ["couture"]),
        ({"q": "100 %"}, ["couture"]),
        ({"q": "_aser"}, []),
        ({"q": "laser nantes"}, ["bois"]),
        ({"categorie": "formation", "2_lieu": "nantes"}, ["laser", "bois"]),
        ({"q": "laser", "2_categorie": "formation"}, ["laser", "bois"]),
    ],
)
def test_events_are_chosen_one_by_one_and_none_twice(events, asked, found):
    assert digests(**asked) == found


def share(event: Event, *partners) -> Event:
    session.refresh(event, ["partners"])
    event.partners = list(partners)
    session.commit()
    return event


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Rennes", "Nantes"]),
        ({"lieu": "rennes"}, ["Rennes"]),
        ({"lieu": "nantes"}, ["Nantes", "Ensemble"]),
        ({"zone": "loire"}, ["Nantes", "Ensemble"]),
        ({"zone": ["ouest", "loire"]}, ["Rennes", "Nantes"]),
        ({"genre": "epn"}, ["Ensemble"]),
        ({"lieu": "nantes", "categorie": "atelier"}, ["Ensemble", "Chez nous"]),
        ({"lieu": ["nantes", "rennes"], "categorie": "atelier"}, ["Ensemble", "Chez nous"]),
    ],
)
def test_an_event_of_several_places_is_in_the_calendar_of_each_and_never_twice(labs, asked, found):
    ensemble = share(make_event(labs["rennes"], title="Ensemble"), labs["nantes"], labs["epn"])
    write_chunk(labs["rennes"], "Rennes")
    chez_nous = make_event(labs["nantes"], title="Chez nous")
    write_chunk(labs["nantes"], "Nantes")
    write_chunk(labs["epn"], "")
    write(ensemble, "Ensemble")
    write(chez_nous, "Chez nous")

    assert digests(**asked) == found


def test_the_text_of_a_partner_s_event_comes_after_those_of_whole_places(labs):
    event = share(make_event(labs["rennes"], title="Ensemble"), labs["nantes"])
    write(event, "Ensemble")
    write_chunk(labs["nantes"], "Nantes")

    pieces = queries.list_pieces(read_slice({"lieu": ["nantes"]}, zones={}, categories=()), with_text=True)

    assert [piece.text for piece in pieces] == [deflate_chunk(b"Nantes"), b"Ensemble"]


@given(st.text(min_size=1, max_size=12).filter(lambda text: not set(text) & {"\x00"} and text.isprintable()))
def test_words_are_folded_alike_where_they_are_asked_and_where_they_are_found(text):
    event = SimpleNamespace(
        title=f"avant {text} après", description="", tags=[], venue_text="", audience="", venue=None, partners=[],
        changes=[], place=SimpleNamespace(name="", commune=""),
    )  # fmt: skip

    assert all(word in to_search_text(event) for word in fold(text).split())


def test_one_event_is_found_by_its_page(events):
    wanted = Slice((queries.Choice(events=("laser-et-bois",)),))

    assert [piece.text for piece in queries.list_pieces(wanted, with_text=True)] == [b"bois"]
    assert queries.find_names(wanted) == {"events": {"laser-et-bois": "Laser et bois"}}


@pytest.mark.parametrize(
    "asked", [{"lieu": ["rien"]}, {"projet": ["rien"]}, {"lieu": ["rennes", "rien"]}, {"autour": ["99999"]}]
)
def test_what_is_named_and_is_not_there_is_not_found(labs, asked):
    with pytest.raises(NotFound):
        queries.find_names(read(asked))


def test_names_are_those_people_use(labs):
    asked = {"lieu": ["nantes"], "2.projet": ["fraiseuse"], "3.zone": ["fablab/ouest"], "4.autour": ["35238"]}

    assert queries.find_names(
        read_slice(asked, zones=queries.map_zones(), categories=queries.list_category_slugs())
    ) == {
        "places": {"nantes": "Nantes"},
        "projects": {"fraiseuse": "Fraiseuse"},
        "zones": {"fablab/ouest": "Ouest"},
        "colours": {"fablab/ouest": "#2f6f9f"},
        "around": {"35238": "Rennes"},
    }


def test_categories_are_named_in_the_language_of_the_page(db):
    wanted = read({"categorie": ["formation"]})

    with force_locale("en"):
        assert queries.find_names(wanted) == {"categories": {"formation": "Training"}}
    with force_locale("fr"):
        assert queries.find_names(wanted) == {"categories": {"formation": "Formation"}}
