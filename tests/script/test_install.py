import json
import re
from pathlib import Path

import install
import pytest

ROOT = Path(__file__).parent.parent.parent
LOCKS = [ROOT / "script" / name for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")]


@pytest.fixture
def stamps(monkeypatch, tmp_path) -> Path:
    monkeypatch.setattr(install, "STAMPS", tmp_path / "stamps")
    (tmp_path / "stamps").mkdir()
    return tmp_path / "stamps"


def test_a_step_is_done_once_and_again_when_what_it_is_made_from_changes(stamps):
    done = []

    for mark in ("one", "one", "two", "two", "one"):
        install.step("step", "Working", mark, [mark], lambda mark=mark: done.append(mark))

    assert done == ["one", "two", "one"]


def test_an_interrupted_step_is_done_again(stamps):
    done = []

    def fail() -> None:
        done.append("half")
        raise KeyboardInterrupt

    install.step("step", "Working", "one", ["one"], lambda: done.append("whole"))
    with pytest.raises(KeyboardInterrupt):
        install.step("step", "Working", "two", ["two"], fail)
    install.step("step", "Working", "one", ["one"], lambda: done.append("whole"))

    assert done == ["whole", "half", "whole"]


def test_what_tests_need_includes_what_the_site_needs():
    assert install.flavoured(False, "run", "test") == ("run", ["run", "test"])
    assert install.flavoured(True, "run", "test") == ("test", ["test"])


def test_pages_get_the_files_they_load_and_the_licences_and_nothing_else(monkeypatch, tmp_path):
    monkeypatch.setattr(install, "VENDORED", {"@a/b": ["dist/*.js", "LICENSE"]})
    package = tmp_path / "node_modules" / "@a" / "b"
    (package / "dist").mkdir(parents=True)
    for name in ("dist/b.js", "dist/b.css", "LICENSE"):
        (package / name).write_text(name)
    (tmp_path / "vendor" / "gone").mkdir(parents=True)

    install.copy_vendored(tmp_path / "node_modules", tmp_path / "vendor")

    copied = [path.relative_to(tmp_path / "vendor").as_posix() for path in (tmp_path / "vendor").rglob("*.*")]
    assert copied == ["@a/b/dist/b.js"]
    assert (tmp_path / "vendor" / "@a" / "b" / "LICENSE").is_file()
    assert not (tmp_path / "vendor" / "gone").exists()


def test_a_package_without_a_file_that_pages_load_stops_the_set_up(monkeypatch, tmp_path):
    monkeypatch.setattr(install, "VENDORED", {"a": ["a.js"]})
    (tmp_path / "node_modules" / "a").mkdir(parents=True)

    with pytest.raises(SystemExit, match=r"a has no a\.js"):
        install.copy_vendored(tmp_path / "node_modules", tmp_path / "vendor")


def test_every_package_copied_is_one_that_the_site_asks_for():
    asked = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]

    assert set(install.VENDORED) == set(asked)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pinned_python_package_has_its_hashes_and_no_address(lock):
    text = lock.read_text("utf-8")
    blocks = re.split(r"\n(?=[A-Za-z])", text.partition("\n")[2])

    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://|--index|file:|/tmp", text) == []


def test_what_runs_is_pinned_as_it_was_tested():
    run, dev = ({line for line in lock.read_text("utf-8").splitlines() if "==" in line} for lock in LOCKS[:2])

    assert run - dev == set()


def test_every_front_end_package_has_its_hash_and_no_address():
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    del packages[""]

    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
