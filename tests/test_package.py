"""The wheel holds all that runs: templates, static files, translations, data and migrations."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# What a checkout holds besides its files; told by name, since a copy of the project may have no git.
NOT_SOURCE = [".git", ".venv", "var", "node_modules", "*.egg-info", ".*_cache", "__pycache__"]

PROGRAM = """
import fablabmesh, pathlib
from fablabmesh.app import create_app, find_folder
from fablabmesh.kit import migrations
app = create_app()
here = pathlib.Path(fablabmesh.__file__).parent
assert here != pathlib.Path({root!r}) / 'fablabmesh', here
for name in ('templates', 'static', 'migrations'):
    assert find_folder(name) == here / name, name
assert migrations.head() == {head!r}
migrations.upgrade(app.config['SETTINGS'].database_url)
browser = app.test_client()
for path in ('/healthz', '/a-propos', '/en/a-propos'):
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
assert 'About' in answer.get_data(as_text=True)
"""


@pytest.mark.slow
def test_a_built_wheel_runs_the_application(make_database, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*NOT_SOURCE), symlinks=True)
    wheel = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), "."]
    subprocess.run(wheel, cwd=source, check=True, capture_output=True)
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        archive.extractall(unpacked)
    head = sorted((ROOT / "alembic" / "versions").glob("*.py"))[-1].name[:4]
    environ = {
        **os.environ,
        "PYTHONPATH": str(unpacked),
        "DATABASE_URL": make_database("fablabmesh_wheel"),
        "FABLABMESH_ENV": "development",
    }

    program = PROGRAM.format(root=str(ROOT), head=head)
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True)

    assert run.returncode == 0, run.stderr


def test_the_checkout_is_installed_in_place():
    program = "import fablabmesh; print(fablabmesh.__file__)"
    run = subprocess.run([sys.executable, "-c", program], cwd="/", capture_output=True, text=True, check=True)

    assert Path(run.stdout.strip()).parent == ROOT / "fablabmesh"
