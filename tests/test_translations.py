"""The English catalogue is complete, current and compiled."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "fablabmesh" / "translations" / "en" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def catalogue():
    return read_po(io.BytesIO((FOLDER / "messages.po").read_bytes()), locale="en")


def texts(value) -> tuple[str, ...]:
    return value if isinstance(value, tuple | list) else (value,)


def test_every_string_of_the_code_is_in_the_catalogue(catalogue, tmp_path):
    pot = tmp_path / "messages.pot"
    words = "extract -F script/lib/babel.cfg -k _l -k lazy_gettext --no-location --no-wrap -o".split()
    babel = [sys.executable, "-m", "babel.messages.frontend", "-q", *words, str(pot), "fablabmesh", "templates"]
    subprocess.run(babel, cwd=ROOT, check=True)
    wanted = {texts(message.id)[0] for message in read_po(io.BytesIO(pot.read_bytes())) if message.id}

    assert wanted - {texts(message.id)[0] for message in catalogue if message.id} == set()


def test_every_string_is_translated(catalogue):
    missing = [m.id for m in catalogue if m.id and (m.fuzzy or not all(texts(m.string)))]

    assert missing == []


def test_translations_keep_the_placeholders(catalogue):
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        wanted = set().union(*(PLACEHOLDER.findall(text) for text in texts(message.id)))
        for text in texts(message.string):
            if not set(PLACEHOLDER.findall(text)) <= wanted:
                wrong.append(message.id)

    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    made = io.BytesIO()
    write_mo(made, catalogue)

    assert (FOLDER / "messages.mo").read_bytes() == made.getvalue()
