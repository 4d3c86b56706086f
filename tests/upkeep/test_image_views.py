"""Images of events, from the form to the page, the calendar and whoever looks at them."""

import re
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image as Drawing
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from fablabmesh.events import actions as events
from fablabmesh.events import date_actions, queries
from fablabmesh.events.models import EventVersion, Image
from fablabmesh.kit.db import session
from fablabmesh.kit.images import MOST_BYTES
from tests.factories import NOW, make_account, make_event, make_place, make_series
from tests.kit.test_images import png_of

PAGE, FORM = "/evenements/couture", "/evenements/couture/image"
WORDS = "Deux personnes devant une brodeuse"


@pytest.fixture
def event(alice):
    return make_event(make_place(managers=(alice,)), title="Couture")


@pytest.fixture
def browser(as_person, alice, event):
    return as_person(alice)


def photo(colour="red", *, with_secrets: bool = False) -> bytes:
    out, exif = BytesIO(), Drawing.Exif()
    if with_secrets:
        exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 6.0, 53.0)})
    Drawing.new("RGB", (900, 600), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def typed(content: bytes | None, *, text: str = WORDS, version: int = 1, name: str = "photo.jpg"):
    sent = {"text": text, "version": str(version)}
    return sent if content is None else sent | {"image": FileStorage(BytesIO(content), name, "image")}


def send(browser, address: str, **given):
    """As a browser does, in one piece: the client of the tests would leave a file open behind a large one."""
    boundary, body = encode_multipart(typed(**given))
    return browser.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def text_of(answer) -> str:
    return " ".join(answer.get_data(as_text=True).replace("\u00a0", " ").split())


def stored() -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Image))


def test_an_image_is_sent_and_shown(browser, client):
    answer = browser.post(FORM, data=typed(photo()))

    kept = queries.get_event("couture")
    page = text_of(client.get(PAGE))
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert (kept.image.width, kept.image.height, kept.image.small_width) == (900, 600, 480)
    assert f'src="/images/{kept.image_digest}.jpg"' in page
    assert f'alt="{WORDS}"' in page
    assert f'<meta property="og:image" content="http://localhost/images/{kept.image_digest}.jpg">' in page
    assert f'"image": ["http://localhost/images/{kept.image_digest}.jpg"]' in page


def test_an_image_is_served_for_ever_and_without_a_cookie(browser, client):
    browser.post(FORM, data=typed(photo(with_secrets=True)))
    digest = queries.get_event("couture").image_digest

    for answer in (client.get(f"/images/{digest}.jpg"), browser.get(f"/en/images/{digest}-480.jpg")):
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert dict(Drawing.open(BytesIO(answer.data)).getexif()) == {}
    again = client.get(f"/images/{digest}.jpg", headers={"If-None-Match": f'"{digest}"'})
    assert (again.status_code, again.data) == (304, b"")


def test_an_image_that_is_not_there_is_not_found(client, db):
    assert client.get(f"/images/{'0' * 32}.jpg").status_code == 404
    assert client.get("/images/short.jpg").status_code == 404


def test_calendars_are_told_of_the_image(browser, client):
    before = client.get("/evenements/couture.ics").get_data(as_text=True)
    browser.post(FORM, data=typed(photo()))

    after = client.get("/evenements/couture.ics").get_data(as_text=True).replace("\r\n ", "")

    digest = queries.get_event("couture").image_digest
    assert "IMAGE" not in before
    assert f"IMAGE;DISPLAY=BADGE;LABEL={WORDS};VALUE=URI:http://localhost/images/{digest}.jpg\r\n" in after


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Ce fichier n’est pas une image lisible"),
        (photo()[:500], "Ce fichier n’est pas une image lisible"),
        (png_of(30_000, 30_000), "Cette image a trop de points"),
        (b"\x00" * (MOST_BYTES + 1), "Cette image pèse plus de 8 Mo"),
        (None, "Choisissez une image."),
        (b"", "Choisissez une image."),
    ],
)
def test_a_bad_file_is_refused_and_the_words_are_kept(browser, content, words):
    session.commit()

    answer = send(browser, FORM, content=content, name="photo.png")

    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert f'value="{WORDS}"' in page
    assert stored() == 0


def test_words_cannot_become_markup(browser, client):
    browser.post(FORM, data=typed(photo(), text='"><script>alert(1)</script>'))

    for page in (text_of(client.get(PAGE)), text_of(browser.get(FORM)), text_of(browser.get(f"{PAGE}/historique"))):
        assert "<script>alert" not in page


def test_an_image_without_words_is_refused(browser):
    session.commit()

    answer = browser.post(FORM, data=typed(photo(), text="  "))

    assert answer.status_code == 422
    assert "Décrivez l’image en une phrase" in text_of(answer)
    assert stored() == 0


def test_only_this_form_takes_more_than_the_others_and_only_from_people_with_an_account(browser, client):
    session.commit()
    heavy = b"\x00" * (3 * 1024 * 1024)

    assert send(browser, FORM, content=heavy).status_code == 422
    refused = [
        send(browser, FORM, content=heavy * 3),
        send(browser, "/evenements/couture/annuler", content=heavy),
        send(client, FORM, content=heavy),
        send(browser, "/evenements/couture/annuler", content=b"", text="x" * 1_500_000),
    ]

    assert [answer.status_code for answer in refused] == [413] * 4
    assert [re.search(r"(Cette page|Les textes)[^.]*", text_of(answer))[0] for answer in refused] == [
        "Cette page prend 8 Mo au plus : allégez votre envoi et recommencez",
        "Cette page prend 2 Mo au plus : allégez votre envoi et recommencez",
        "Cette page prend 2 Mo au plus : allégez votre envoi et recommencez",
        "Les textes d’un formulaire prennent 1 Mo au plus : raccourcissez-les et recommencez",
    ]


def test_the_words_alone_may_change(browser):
    browser.post(FORM, data=typed(photo()))
    before = queries.get_event("couture").image_digest

    answer = browser.post(FORM, data=typed(None, text="Une brodeuse", version=2))

    kept = queries.get_event("couture")
    assert answer.status_code == 303
    assert (kept.image_digest, kept.image_text) == (before, "Une brodeuse")


def test_an_image_that_is_replaced_is_shown_no_more_and_can_come_back(browser, client):
    browser.post(FORM, data=typed(photo("red")))
    former = queries.get_event("couture").image_digest

    browser.post(FORM, data=typed(photo("blue"), version=2))

    assert queries.get_event("couture").image_digest != former
    assert stored() == 2
    assert client.get(f"/images/{former}.jpg").status_code == 404


def test_an_image_that_is_taken_away_is_shown_no_more_unless_another_event_has_it(browser, event, client):
    browser.post(FORM, data=typed(photo()))
    address = f"/images/{queries.get_event('couture').image_digest}.jpg"
    other = make_event(event.place, title="Couture du soir")
    events.take_image(other, queries.get_event("couture"))
    session.commit()

    first = browser.post(f"{FORM}/retirer", data={"version": "2"})
    kept_for_the_other = client.get(address).status_code
    second = browser.post(f"/evenements/{other.slug}/image/retirer", data={"version": str(other.version)})

    assert (first.status_code, second.status_code) == (303, 303)
    assert (kept_for_the_other, client.get(address).status_code) == (200, 404)
    assert queries.get_event("couture").image_text == ""


def test_two_who_send_an_image_at_once_see_what_is_stored(browser):
    browser.post(FORM, data=typed(photo("red")))
    kept = queries.get_event("couture").image_digest

    late = browser.post(FORM, data=typed(photo("blue"), text="Du bleu", version=1))
    late_removal = browser.post(f"{FORM}/retirer", data={"version": "1"})

    assert (late.status_code, late_removal.status_code) == (409, 409)
    for page in (text_of(late), text_of(late_removal)):
        assert f"/images/{kept}.jpg" in page
        assert 'value="2"' in page
    assert 'value="Du bleu"' in text_of(late)
    assert queries.get_event("couture").image_digest == kept


def test_only_who_looks_after_the_place_may(client, as_person, event):
    bob = make_account(name="Bob")
    make_place(name="Autre lab", managers=(bob,))
    session.commit()
    stranger = as_person(bob)

    assert client.get(FORM).status_code == 303
    assert client.post(FORM, data=typed(photo())).status_code == 303
    assert [
        stranger.get(FORM).status_code,
        stranger.post(FORM, data=typed(photo())).status_code,
        stranger.post(f"{FORM}/retirer", data={"version": "1"}).status_code,
    ] == [403] * 3
    assert stored() == 0


def test_who_sent_an_image_is_remembered(browser, alice):
    browser.post(FORM, data=typed(photo()))

    kept = queries.get_event("couture")
    line = session.scalars(sa.select(EventVersion).order_by(EventVersion.id.desc()).limit(1)).one()
    assert (line.by_id, line.deed) == (alice.id, "edited")
    assert line.changed == {"image_digest": [None, kept.image_digest], "image_text": ["", WORDS]}


def test_the_later_half_of_a_series_keeps_the_image(browser, event):
    series = make_series(event.place, title="Série")
    browser.post("/evenements/serie/image", data=typed(photo()))
    series = queries.get_event("serie")
    third = series.starts_local.replace(day=24)

    rest = date_actions.cancel_following(series, third, reason="Panne", by=None, now=NOW, version=series.version)

    assert (rest.image_digest, rest.image_text) == (series.image_digest, WORDS)


def test_a_duplicate_made_by_the_form_has_the_image_too(browser, event):
    browser.post(FORM, data=typed(photo()))
    hours = {"first_day": "2090-07-01", "first_hour": "18:00", "last_hour": "20:00"}
    words = {"title": "Couture", "category": "atelier", "place": str(event.place_id)}

    browser.post("/evenements/nouveau?comme=couture", data=hours | words)

    assert queries.get_event("couture-2").image_digest == queries.get_event("couture").image_digest
