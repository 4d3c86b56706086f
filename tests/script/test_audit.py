"""The audit of dependencies: a hole fails it, and what could not be asked is said and never taken for safe."""

import json
import re
from pathlib import Path

import audit
import pytest

ROOT = Path(__file__).parent.parent.parent
FINE = {"name": "flask", "version": "3.1.0", "vulns": []}
HOLED = {"name": "jinja2", "version": "3.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"]}, {"id": "GHSA-2"}]}
SKIPPED = {"name": "alembic", "skip_reason": "not found"}


def told(*rows) -> str:
    return json.dumps({"dependencies": rows, "fixes": []})


def test_a_hole_is_told_with_its_mend_and_fails():
    found = audit.read_pip_audit(told(FINE, HOLED))

    assert (found.asked, found.unasked) == (2, [])
    assert found.holes == ["jinja2 3.0: PYSEC-1 (mended in: 3.1)", "jinja2 3.0: GHSA-2 (mended in: none yet)"]
    assert audit.judge(found, is_strict=False)[0] == 1


def test_where_all_is_well_it_says_so():
    assert audit.judge(audit.read_pip_audit(told(FINE)), is_strict=True) == (
        0,
        "1 packages asked about, 0 holes known.",
    )


@pytest.mark.parametrize("text", ["", "no network", "{}", "[]", told(SKIPPED), told()])
def test_what_could_not_be_asked_is_said_and_passes_unless_one_is_strict(text):
    found = audit.read_pip_audit(text)
    status, said = audit.judge(found, is_strict=False)

    assert (found.asked, len(found.unasked), status) == (0, 1, 0)
    assert "UNASKED" in said
    assert "not known to be safe" in said
    assert audit.judge(found, is_strict=True)[0] == 1


def test_one_package_that_is_skipped_is_named():
    assert audit.read_pip_audit(told(FINE, SKIPPED)).unasked == ["alembic: not found"]


def test_holes_of_node_are_told_too():
    fine = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 12}}}
    holed = {**fine, "vulnerabilities": {"leaflet": {"severity": "high"}}}

    assert audit.read_npm_audit(json.dumps(fine)).asked == 12
    assert audit.read_npm_audit(json.dumps(holed)).holes == ["leaflet: high"]
    assert audit.read_npm_audit("npm warn 405\n" + json.dumps({"statusCode": 405})).unasked != []


def test_every_package_of_the_locks_is_held_to_its_content():
    """A name and a version may be published anew; these octets may not."""
    for lock in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        text = re.sub(r"\\\n\s*", "", (ROOT / "script" / lock).read_text("utf-8"))
        loose = [line for line in text.splitlines() if line and line[0] not in "#-" and "--hash=sha256:" not in line]
        assert (lock, loose) == (lock, [])
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert [
        name for name, told in packages.items() if name and not told.get("integrity", "").startswith("sha512-")
    ] == []
