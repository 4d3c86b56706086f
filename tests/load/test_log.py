"""What a server writes down of visits and of its failures has in it neither an address, nor a secret, nor a word.

The application as production runs it is asked for pages behind secrets, for what is not there, for what it refuses and
for what makes it fail; then its log is read, and so are those of the database and of nginx as docs/nginx.conf has it.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.load.conftest import ROOT, serve, wait_until
from tests.load.test_nginx import NGINX
from tests.load.test_sign_in import Browser

sys.path.insert(0, str(ROOT / "script" / "lib"))

import cluster

HOST, ADDRESS, SIXTH = "lab.exemple.fr", "203.0.113.77", "2001:db8:1:2:3::4"
MAIL, WORD, SECRET = "zenobie.journal@exemple.fr", "motquonneditpas", "secretquonnetrouvepas"
NEVER = (ADDRESS, SIXTH, "2001:db8:1:2", MAIL, "zenobie", WORD, SECRET)
# Rules of addresses in which a part is a secret.
SECRETS = ("word", "secret", "token")
FAIL = """
CREATE FUNCTION fail_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no % here', NEW.email USING DETAIL = NEW.email, ERRCODE = 'P0001'; END $$;
CREATE TRIGGER fail BEFORE INSERT ON digest_subscription FOR EACH ROW EXECUTE FUNCTION fail_for_the_test();
"""
MEND = "DROP TRIGGER fail ON digest_subscription; DROP FUNCTION fail_for_the_test();"


class Visitor(Browser):
    """Comes by the public name, as a proxy passes it on."""

    def headers(self):
        return {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-Host": HOST, **super().headers()}


def secret_rules(app) -> list[str]:
    return sorted({rule.rule for rule in app.url_map.iter_rules() if rule.arguments & set(SECRETS)})


def filled(rule: str) -> str:
    return re.sub(r"<[^>]+>", SECRET, rule)


@pytest.fixture
def logs(served, tmp_path):
    """The server's own, whole once it has ended; and a function that visits it."""
    port = serve.find_port("127.0.0.1", 0)
    environ = served.environ | {
        "FABLABMESH_ENV": "production",
        "FABLABMESH_BASE_URL": f"https://{HOST}",
        "FABLABMESH_PROXIES": "1",
    }
    log = tmp_path / "log"
    with open(log, "wb") as out, serve.granian(environ, "127.0.0.1", port, 1, out) as server:
        serve.wait_for_answer(server, "127.0.0.1", port)
        yield log, port


@pytest.mark.slow
def test_the_log_of_a_server_tells_of_refusals_and_failures_and_of_nobody(app, served, logs):
    log, port = logs
    visitor = Visitor(port, ADDRESS)
    database = cluster.find_cluster({**served.environ, "FABLABMESH_DATA": ""}, is_test=True).home / "log"
    began = database.stat().st_size if database.exists() else 0
    served.write.execute(sa.text(FAIL))
    served.write.commit()

    try:
        statuses = {visitor.ask("GET", f"{filled(rule)}?q={WORD}").status for rule in secret_rules(app)}
        refused = [
            visitor.ask("GET", f"/{WORD}/{MAIL}").status,
            visitor.send("/lettres/nouvelle", language="fr", email=f"{WORD} {MAIL}@").status,
            visitor.send("/connexion", email=MAIL, password=WORD).status,
            visitor.ask("GET", f"/agenda?q=%ff{WORD}").status,
            Visitor(port, SIXTH).ask("GET", f"/agenda?q=%ff{WORD}").status,
            visitor.send("/lettres/nouvelle", language="fr", email=MAIL).status,
        ]
    finally:
        served.write.execute(sa.text(MEND))
        served.write.commit()
        served.write.remove()

    wait_until(lambda: "RaiseException" in log.read_text("utf-8"))
    told = log.read_text("utf-8")
    assert max(statuses) < 500
    assert refused == [404, 422, 422, 400, 400, 500]
    assert [word for word in NEVER if word in told.lower()] == []
    assert {"203.0.113.0/24", "2001:db8:1::/48"} <= set(re.findall(r'"network": "([^"]+)"', told))
    assert "psycopg2.errors.RaiseException P0001" in told
    if database.exists():
        assert [word for word in NEVER if word.encode() in database.read_bytes()[began:]] == []


# --- nginx ---------------------------------------------------------------------------------------------------------


def test_the_configuration_of_nginx_knows_every_address_that_holds_a_secret(app):
    text = (ROOT / "docs" / "nginx.conf").read_text("utf-8")
    pattern = re.compile(re.search(r'"~(\^\(\?<open>.*)" \$open\*\*\*;', text)[1].replace("?<open>", "?P<open>"))

    rules = secret_rules(app)

    assert len(rules) > 10
    shown = {rule: [pattern.match(prefix + filled(rule)) for prefix in ("", "/en")] for rule in rules}
    assert [rule for rule, found in shown.items() if None in found] == []
    assert [rule for rule, found in shown.items() if any(SECRET in each["open"] for each in found)] == []


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None, reason="neither a package nor script/bootstrap brought nginx")
def test_nginx_writes_down_networks_and_no_secret(served):
    with tempfile.TemporaryDirectory(prefix="visits-") as name:
        folder, port = Path(name), serve.find_port("127.0.0.1", 0)
        folder.chmod(0o755)
        text = (ROOT / "docs" / "nginx.conf").read_text("utf-8")
        given = {"FOLDER": name, "PORT": str(port), "APPLICATION": f"127.0.0.1:{served.port}"}
        for key, value in given.items():
            text = text.replace(f"@{key}@", value)
        # As if a proxy before it had told who comes, so that there is more than one address.
        text = text.replace(
            "server_tokens off;", "server_tokens off; real_ip_header X-Real-Ip; set_real_ip_from 127.0.0.1;"
        )
        (folder / "nginx.conf").write_text(text, "utf-8")
        nginx = subprocess.Popen([NGINX, "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
        log = folder / "nginx-access.log"
        try:
            wait_until(log.exists)
            asked = (f"/invitations/{SECRET}", f"/en/mot-de-passe/{SECRET}", f"/lieux?q={WORD}", f"/{MAIL}")
            for address in (ADDRESS, SIXTH, "2001:db8::5"):
                for path in asked:
                    Visited(port, address).ask("GET", path)
            wait_until(lambda: len(log.read_text("utf-8").splitlines()) == 12)
            lines = log.read_text("utf-8").splitlines()
        finally:
            nginx.terminate()
            nginx.wait(10)

    told = [(line.split()[0], re.search(r'"(.*?)" \d', line)[1]) for line in lines]
    paths = ["/invitations/***", "/en/mot-de-passe/***", "/lieux", "-"]
    networks = ("203.0.113.0/24", "2001:db8:1::/48", "2001:db8::/48")
    assert told == [(network, path) for network in networks for path in paths]
    assert [word for word in NEVER if word in "".join(lines)] == []


class Visited(Browser):
    """Comes from that address, as a proxy before nginx tells it."""

    def headers(self):
        return {**super().headers(), "X-Real-Ip": self.address}
