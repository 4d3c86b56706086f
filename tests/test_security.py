"""What holds of the whole code and of every route, and that docs/security.md names tests that are there."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.config import Settings
from fablabmesh.kit.web import anyone, install
from tests.factories import make_account, make_event, make_place
from tests.test_architecture import MODULES, imports, parse, place

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "security.md"
LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \|$", re.M)
FEWEST_LINES = 180
UNSAFE = {"pickle", "marshal", "shelve", "yaml", "dill"}
# What is made with a key, or known to its owner alone.
SECRET = re.compile(r"hmac\.|anonymous\(|\bsecret\b|\bstamp\(|_mark\b|password\b(?!_)")


def names_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_each_line_names_tests_that_are_there():
    lines = LINE.findall(DOCUMENT.read_text("utf-8"))
    wrong = []
    for number, _what, shown in lines:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", shown)
        reason = re.fullmatch(r"does not apply: .{10,}", shown)
        if not named and not reason:
            wrong.append(f"{number}: neither a test nor a reason")
        for file, test in named:
            path = ROOT / "tests" / file
            if not path.is_file() or test not in names_in(path):
                wrong.append(f"{number}: {file}::{test} is not there")

    assert wrong == []
    numbers = [number for number, _what, _shown in lines]
    assert len(numbers) == len(set(numbers)) > FEWEST_LINES
    assert numbers == sorted(numbers, key=lambda number: [int(part) for part in number.split(".")])


# --- the code ------------------------------------------------------------------------------------------------------


def calls(module: Path):
    for node in ast.walk(parse(module)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_nothing_is_evaluated_unpickled_or_handed_to_a_shell():
    found = []
    for module in MODULES:
        found += [
            f"{place(module)}: {name}" for name in imports(module) & {"pickle", "marshal", "shelve", "yaml", "dill"}
        ]
        for name, node in calls(module):
            is_shell = any(word.arg == "shell" for word in node.keywords) or name in ("os.system", "os.popen")
            if name in ("eval", "exec", "compile", "__import__", "render_template_string") or is_shell:
                found.append(f"{place(module)}:{node.lineno}: {name}")

    assert found == []


def test_no_statement_is_put_together_of_what_people_write():
    """`text(f"…")` only of constants of the module, which are written in capitals."""
    found = []
    for module in MODULES:
        for name, node in calls(module):
            if name not in ("text", "sa.text", "literal_column") or not node.args:
                continue
            parts = list(ast.walk(node.args[0]))
            own = {part.target.id for part in parts if isinstance(part, ast.comprehension)}
            words = {part.id for part in parts if isinstance(part, ast.Name)} - own
            if isinstance(node.args[0], ast.JoinedStr | ast.BinOp) and any(not word.isupper() for word in words):
                found.append(f"{place(module)}:{node.lineno}: {sorted(words)}")

    assert found == []


def test_no_weak_hash_is_used():
    weak = re.compile(r"hashlib\.(md5|sha1)|\bmd5\(\s*b?[\"']|import (md5|sha1)\b|usedforsecurity|\bRC4\b|\bECB\b")
    found = [place(module) for module in MODULES if weak.search(module.read_text("utf-8"))]

    assert found == []


def test_chance_is_that_of_the_machine():
    """`secrets` alone, of 128 bits and more."""
    loose = [place(module) for module in MODULES if "random" in {name.split(".")[0] for name in imports(module)}]
    short = [
        f"{place(module)}:{node.lineno}"
        for module in MODULES
        for name, node in calls(module)
        if name.startswith("secrets.token_")
        and not (node.args and (ast.unparse(node.args[0]).isupper() or ast.literal_eval(node.args[0]) >= 16))
    ]

    assert (loose, short) == ([], [])


def test_secrets_are_compared_in_constant_time():
    """What is made with a key is never compared by `==`; tokens are looked up by their hash, in the database."""
    found = []
    for module in MODULES:
        for node in ast.walk(parse(module)):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = ast.unparse(node.left), ast.unparse(node.comparators[0])
                if any(
                    re.search(r"hmac\.|anonymous\(|\bsecret\b|\bstamp\(|_mark\b|password\b(?!_)", side)
                    for side in sides
                ):
                    found.append(f"{place(module)}:{node.lineno}: {sides}")

    assert found == []


# --- every route ---------------------------------------------------------------------------------------------------


def pages(app) -> list[str]:
    return sorted(rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments)


@pytest.fixture
def admin(db, as_person):
    return as_person(make_account(name="Zoé Administre", role=Role.ADMIN))


def test_every_answer_says_what_it_is(app, client):
    for address in pages(app):
        answer = client.get(address)
        if answer.get_data():
            kind = answer.headers["Content-Type"]
            is_named = not kind.startswith("text/") or "charset=utf-8" in kind.lower()
            assert (address, is_named) == (address, True)


def test_what_other_sites_may_read_is_the_same_for_everybody(app, client, admin):
    for address in pages(app):
        stranger, known = client.get(address), admin.get(address)
        if "Access-Control-Allow-Origin" in known.headers:
            assert (address, known.headers["Access-Control-Allow-Origin"]) == (address, "*")
            assert (address, known.get_data() == stranger.get_data()) == (address, True)
            assert "Access-Control-Allow-Credentials" not in known.headers
            assert client.get(f"{address}?callback=run&jsonp=run").mimetype != "text/javascript" or ".js" in address


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PUT", "PATCH", "DELETE", "QUERY", "FOO"])
def test_other_methods_are_refused(client, method):
    for address in ("/", "/agenda", "/a-propos"):
        assert client.open(address, method=method).status_code == 405


def test_nobody_writes_the_headers_of_a_proxy():
    def seen_by(proxies: int) -> str:
        app, seen = Flask("made"), {}
        install(app, Settings(secret_key="x" * 40, proxies=proxies))

        def behind(environ, start_response):
            seen.update(environ)
            start_response("200 OK", [])
            return [b""]

        if isinstance(app.wsgi_app, ProxyFix):
            app.wsgi_app.app = behind
        else:
            app.wsgi_app = behind
        forged = {"X-Forwarded-For": "6.6.6.6, 192.0.2.7", "X-Forwarded-Host": "evil.test, mesh.test"}
        forged |= {"X-Forwarded-Proto": "http, https", "X-Real-IP": "6.6.6.6", "Forwarded": "for=6.6.6.6"}
        app.test_client().get("/", headers=forged)
        return f"{seen['REMOTE_ADDR']} {seen['wsgi.url_scheme']} {seen['HTTP_HOST']}"

    assert seen_by(0) == "127.0.0.1 http localhost"
    assert seen_by(1) == "192.0.2.7 https mesh.test"


def test_names_of_files_are_plain(app, client, db):
    lab = make_place(name='Lab "du\r\nport"; filename=evil.exe é')
    event = make_event(lab, title='Soirée "\r\nX-Evil: 1')
    addresses = [*pages(app), f"/lieux/{lab.slug}/affiche.pdf", f"/lieux/{lab.slug}/agenda.ics"]
    addresses += [f"/evenements/{event.slug}.ics", "/lieux.csv", "/lieux.kml", "/statistiques/tableaux/zones.csv"]
    named = 0
    for address in addresses:
        told = client.get(address).headers.get("Content-Disposition")
        if told is not None:
            named += 1
            assert re.fullmatch(r'(attachment|inline)(; filename="?[a-z0-9._-]+"?)?', told), (address, told)

    assert named > 4


def test_passwords_are_hidden_and_may_be_pasted(client, admin):
    page = client.get("/connexion").get_data(as_text=True)
    (field,) = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page)
    scripts = " ".join(path.read_text("utf-8") for path in (ROOT / "static").glob("[!v]*/**/*.js"))

    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert not re.search(r"onpaste|[\"']paste[\"']|autocomplete=.off", page + scripts)


def test_one_can_sign_out_from_every_page(app, admin):
    for address in pages(app):
        answer = admin.get(address)
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        if answer.status_code == 200 and "<nav" in text and not address.startswith(("/integrer", "/agenda/integrer")):
            assert (address, 'action="/deconnexion"' in text or address == "/hors-ligne") == (address, True)


@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/.env", "/setup.cfg", "/var/", "/static/", "/static/base/", "/static/../setup.cfg"),
        *("/static/%2e%2e/setup.cfg", "/static/..%2fsetup.cfg", "/static/base/../../setup.cfg"),
        *("/alembic/versions", "/templates/layout.html", "/static/.hidden", "/server-status", "/console", "/debug"),
    ],
)
def test_nothing_but_what_pages_load_is_served(client, path):
    assert client.get(path).status_code in (400, 404)


def test_a_failure_tells_nothing_of_itself(app, client, monkeypatch, caplog):
    def fail() -> str:
        raise RuntimeError("the password of the database is hunter2")

    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    failing = anyone(fail)
    failing.__dict__.update(app.view_functions["home.index"].__dict__)
    monkeypatch.setitem(app.view_functions, "home.index", failing)
    answer = client.get("/")

    assert answer.status_code == 500
    assert not re.search(r"hunter2|Traceback|RuntimeError|\.py\b|werkzeug|Python", answer.get_data(as_text=True))
    assert not {"Server", "X-Powered-By"} & set(answer.headers.keys())
    assert "hunter2" in caplog.text  # for whoever is to mend it
    assert client.get("/a-propos").status_code == 200
