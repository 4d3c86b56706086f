"""What no file may do, whoever adds it. The ladder and the shelves themselves are import contracts in setup.cfg."""

import ast
import configparser
import re
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "fablabmesh"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists())

# Library → the modules (or shelf names) by which it enters.
DOORS = {
    "icalendar": {"kit/ical.py", "kit/ical_lines.py", "kit/ical_zones.py"},
    "radicale": {"caldav/protocol.py"},
    "folium": {"maps/"},
    "branca": {"maps/"},
    "flask_babel": {"kit/i18n.py"},
    "babel": {"kit/i18n.py"},
    "flask_wtf": {"kit/forms.py", "kit/web.py"},
    "wtforms": {"kit/forms.py"},
    "markdown_it": {"kit/markdown.py"},
    "nh3": {"kit/markdown.py"},
    "argon2": {"accounts/passwords.py"},
    "PIL": {"kit/images.py", "kit/colours.py", "kit/drawing.py"},
    "apispec": {"kit/openapi.py"},
    "alembic": {"kit/migrations.py"},
    "dateutil": {"kit/public_holidays.py", "kit/recurrence.py"},
    "smtplib": {"kit/smtp.py"},
    "opening_hours": {"kit/opening_hours.py"},
    "segno": {"kit/codes.py"},
    "fontTools": {"kit/pdf.py"},
    "fpdf": {"kit/pdf.py"},
    "webauthn": {"signin/passkeys.py"},
    "pyotp": {"signin/one_time_codes.py"},
    "cryptography": {"signin/one_time_codes.py"},
    "joserfc": {"signin/providers.py"},
    "authlib": {"signin/providers.py"},
    "requests": {"signin/providers.py"},
    "flask_compress": {"app.py"},
    "brotli": {"kit/packing.py"},
    "backports": {"feeds/answers.py"},
    "vacances_scolaires_france": {"kit/school_holidays.py"},
    "geoalchemy2": {"kit/geo.py", "models.py"},
    "psycopg2": {"kit/db.py"},
    "sqlalchemy": {"kit/db.py", "kit/acting.py", "kit/geo.py", "models.py", "queries.py", "actions.py", "app.py"},
    "flask_login": {"accounts/session.py", "kit/web.py", "views.py"},
    "flask": {
        "app.py", "accounts/session.py", "kit/acts.py", "kit/door.py", "kit/web.py",
        "kit/i18n.py", "kit/db.py", "kit/acting.py", "kit/openapi.py",
        "kit/migrations.py", "kit/static_files.py", "views.py", "api.py", "cli.py",
        "kit/error_pages.py",
    },
}  # fmt: skip
HTTP = ("flask", "flask_login", "werkzeug")
PURE_SHELVES = {"models", "queries", "actions", "views", "api", "cli", "session"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "lib", "base", "misc", "manager", "service"}


def place(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


@cache
def parse(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


@cache
def imports(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(parse(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_door(module: Path, doors: set[str]) -> bool:
    path = place(module)
    for door in doors:
        if door.endswith("/"):
            fits = path.startswith(door)
        elif "/" in door or door == "app.py":
            fits = path == door
        else:
            # A shelf may be split by noun: queries.py, machine_queries.py.
            fits = module.name == door or module.name.endswith(f"_{door}")
        if fits:
            return True
    return False


@pytest.mark.parametrize("library", sorted(DOORS))
def test_each_library_enters_by_its_door(library):
    intruders = [
        place(module)
        for module in MODULES
        if any(name.split(".")[0] == library for name in imports(module)) and not is_door(module, DOORS[library])
    ]

    assert intruders == []


def test_no_module_has_both_http_and_sql():
    both = []
    for module in MODULES:
        roots = {name.split(".")[0] for name in imports(module)}
        if (
            roots & set(HTTP)
            and "sqlalchemy" in roots
            and place(module) not in ("app.py", "kit/db.py", "kit/acting.py")
        ):
            both.append(place(module))

    assert both == []


def test_the_transaction_ends_in_one_module():
    with_commit = [place(module) for module in MODULES if re.search(r"\.commit\(", module.read_text("utf-8"))]

    assert with_commit == ["kit/db.py"]


def test_tables_for_spreadsheets_are_written_in_one_module():
    """Which guards every cell."""
    writers = [place(module) for module in MODULES if re.search(r"csv\.(Dict)?[Ww]riter", module.read_text("utf-8"))]

    assert writers == ["kit/tables.py"]


def test_the_clock_is_read_in_one_module():
    pattern = re.compile(r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(")
    readers = [place(module) for module in MODULES if pattern.search(module.read_text("utf-8"))]

    assert readers == ["kit/clock.py"]


def test_the_clock_is_asked_by_views_and_cli_only():
    askers = [
        place(module)
        for module in MODULES
        if "clock.now()" in module.read_text("utf-8")
        and not is_door(module, {"views.py", "api.py", "cli.py", "accounts/session.py"})
    ]

    assert askers == []


def test_a_module_that_is_no_shelf_is_pure():
    shelves = ("models", "queries", "actions", "views", "api", "cli", "session", "forms", "feeds", "exports", "mails")
    impure = []
    for module in MODULES:
        room = place(module).split("/")[0]
        if (
            room == "kit"
            or room.endswith(".py")
            or any(module.stem == s or module.stem.endswith(f"_{s}") for s in shelves)
        ):
            continue
        for name in imports(module):
            parts = name.split(".")
            if parts[0] in (*HTTP, "sqlalchemy") or (parts[0] == "fablabmesh" and parts[-1] in PURE_SHELVES):
                impure.append(f"{place(module)} imports {name}")

    assert impure == []


def test_no_module_hides_its_imports_inside_functions():
    hidden = []
    for module in MODULES:
        for function in ast.walk(parse(module)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                hidden += [f"{place(module)}:{node.lineno}" for node in inside]

    assert hidden == []


def test_every_module_says_what_it_holds():
    silent = [place(module) for module in MODULES if not ast.get_docstring(parse(module))]

    assert silent == []


def test_no_module_and_no_function_outgrows_a_screen():
    long = [
        f"{place(module)}: {n} lines" for module in MODULES if (n := len(module.read_text("utf-8").splitlines())) > 400
    ]
    for module in MODULES:
        for node in ast.walk(parse(module)):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 50:
                long.append(f"{place(module)}:{node.name}")

    assert long == []


def test_no_drawer_names():
    drawers = [place(module) for module in MODULES if module.stem in FORBIDDEN_NAMES]

    assert drawers == []


def test_rooms_are_one_level_deep_and_small():
    deep = [place(module) for module in MODULES if len(module.relative_to(PACKAGE).parts) > 2]
    crowded = [room for room in ROOMS if room != "kit" and len(list((PACKAGE / room).glob("*.py"))) > 13]

    assert deep == []
    assert crowded == []


def test_setup_cfg_packs_every_room_and_contracts_know_it():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    packed = set(config["options"]["packages"].split())
    shelved = set(config["importlinter:contract:shelves"]["containers"].split())

    assert {f"fablabmesh.{room}" for room in ROOMS} <= packed
    assert {f"fablabmesh.{room}" for room in ROOMS if room != "kit"} == shelved


def test_the_migrations_folder_never_shadows_the_library():
    assert not (ROOT / "alembic" / "__init__.py").exists()
    assert "site-packages" in str(sys.modules["alembic"].__file__ if "alembic" in sys.modules else "site-packages")


def test_most_modules_have_a_test_of_their_name():
    tests = {path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests").rglob("test_*.py")}
    worth = [
        m
        for m in MODULES
        if m.stem not in ("__init__", "__main__", "wsgi", "models") and len(m.read_text().splitlines()) > 25
    ]
    missing = [place(m) for m in worth if "/" in place(m) and f"{place(m).split('/')[0]}/test_{m.name}" not in tests]

    assert len(missing) <= len(worth) * 0.1, missing
