"""Without a network: what was seen can be read again, the last list too, and the rest says what can."""

from playwright.sync_api import expect

from tests.journeys.conftest import DESK


def be_ready(page) -> None:
    """The worker of the browser is in charge, and has kept the page and what it is made of."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.open('pages-1').then((cache) => cache.keys()).then((keys) => keys.length > 0)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_timeout(300)


def test_pages_that_were_seen_and_the_last_list_are_there_offline(open_page):
    watched = open_page(DESK, service_workers="allow")
    page = watched.go("/")
    be_ready(page)
    watched.go("/?genre=fablab")
    first = page.locator(".place-name").first.text_content()
    watched.go("/lieux/labfab-de-rennes")
    page.wait_for_timeout(300)

    page.context.set_offline(True)
    page.reload()
    place = page.locator("h1").text_content()
    style = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto(watched.site.url + "/")
    page.goto(watched.site.url + "/?genre=fablab")
    again = page.locator(".place-name").first.text_content()
    page.goto(watched.site.url + "/lieux/zoomacom-saint-etienne")
    offline = page.locator("h1").text_content()
    seen = page.locator("[data-seen] a").all_text_contents()
    page.goto(watched.site.url + "/en/zones/")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    assert place.strip() == "LabFab de Rennes"
    assert style == "rgb(247, 245, 240)"
    assert again == first
    assert offline == "Vous êtes hors ligne"
    assert any(title.startswith("LabFab de Rennes") for title in seen)


def test_the_front_page_is_the_last_list_when_it_was_never_seen_whole(open_page):
    watched = open_page(DESK, service_workers="allow")
    page = watched.go("/a-propos")
    be_ready(page)
    watched.go("/?genre=pole")
    first = page.locator(".place-name").first.text_content()
    page.wait_for_timeout(300)

    page.context.set_offline(True)
    page.goto(watched.site.url + "/")

    assert page.locator(".place-name").first.text_content() == first


def test_nothing_of_a_person_stays_and_nothing_of_a_form(open_page):
    watched = open_page(DESK, service_workers="allow")
    page = watched.go("/a-propos")
    be_ready(page)
    mail, password = watched.site.people[0]
    watched.go("/connexion")
    page.fill("[name=email]", mail)
    page.fill("[name=password]", password)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/mon-espace")
    watched.go("/agenda")
    page.wait_for_timeout(300)

    kept = page.evaluate(
        "caches.open('pages-1').then((cache) => cache.keys()).then((keys) => keys.map((key) => key.url))"
    )

    assert [url.removeprefix(watched.site.url) for url in kept] == ["/a-propos"]
