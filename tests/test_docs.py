"""The documents say what is true: settings, commands, links, words."""

import re
from dataclasses import fields
from pathlib import Path

from fablabmesh.kit.config import VARIABLES, Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def test_every_setting_is_documented_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)`", readme, re.M))

    # Two more belong to the scripts and not to the application.
    assert set(VARIABLES.values()) | {"FABLABMESH_WORKERS"} == documented
    assert {field.name for field in fields(Settings)} == set(VARIABLES)


def test_links_between_documents_lead_somewhere():
    broken = []
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", document.read_text("utf-8")):
            if not (document.parent / target).exists():
                broken.append(f"{document.name} → {target}")

    assert broken == []


def test_every_script_is_named_in_a_document():
    text = "".join(document.read_text("utf-8") for document in DOCUMENTS)
    scripts = [path.name for path in (ROOT / "script").iterdir() if path.is_file() and "." not in path.name]

    assert [name for name in scripts if f"script/{name}" not in text] == []


def test_architecture_and_readme_stay_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 100
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 140
