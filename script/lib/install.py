"""Packages below the checkout: .venv by pip, node_modules by npm, static/vendor from node_modules; all by locks with
hashes. Each step leaves a stamp with what it was made from, and is skipped while that holds. System packages are not
here (system.sh). Standard library only, because it runs before anything is installed."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
VENDOR = ROOT / "static" / "vendor"
STAMPS = VENV / "stamps"

# What pages load, by package, and the licence that travels with it. Paths stay those of the package.
VENDORED = {
    "leaflet": ["dist/leaflet.js", "dist/leaflet.css", "dist/images/*.png", "LICENSE"],
    "modern-normalize": ["modern-normalize.css", "license"],
    "@fontsource-variable/bricolage-grotesque": [
        "files/*-latin-wght-normal.woff2",
        "files/*-latin-ext-wght-normal.woff2",
        "LICENSE",
    ],
}


def fingerprint(*parts: object) -> str:
    """Of files (by their content) and of words."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def step(name: str, title: str, wanted: str, accepted: list[str], work: Callable[[], None]) -> None:
    """Do the work unless its stamp bears one of the accepted marks. No stamp lies while the work is half done."""
    stamp = STAMPS / name
    if stamp.is_file() and stamp.read_text() in accepted:
        return
    print(f"{title}…", file=sys.stderr, flush=True)
    stamp.unlink(missing_ok=True)
    work()
    STAMPS.mkdir(exist_ok=True)
    half = stamp.with_suffix(".half")
    half.write_text(wanted)
    half.rename(stamp)


def flavoured(with_tests: bool, run_mark: str, test_mark: str) -> tuple[str, list[str]]:
    """The mark to leave and the marks to accept: what tests need includes what the site needs."""
    return (test_mark, [test_mark]) if with_tests else (run_mark, [run_mark, test_mark])


def install_python(with_tests: bool) -> None:
    interpreter = f"{sys.version_info[:3]} {Path(sys.executable).resolve()}"
    locks = {name: ROOT / "script" / name for name in ("requirements.txt", "requirements-dev.txt")}
    marks = [fingerprint("python", interpreter, lock) for lock in locks.values()]
    wanted, accepted = flavoured(with_tests, marks[0], marks[1])
    begun = VENV / "begun"

    def make() -> None:
        # Half an installation, or another Python's, is not mended but made anew.
        made_by = VENV / "made-by"
        if begun.exists() or not made_by.exists() or made_by.read_text() != interpreter:
            run(sys.executable, "-m", "venv", "--clear", VENV)
            made_by.write_text(interpreter)
        begun.touch()
        lock = locks["requirements-dev.txt" if with_tests else "requirements.txt"]
        pip_install("--require-hashes", "-r", lock)
        begun.unlink()

    step("python", "Installing Python packages", wanted, accepted, make)
    wanted = fingerprint("package", VENV / "made-by", ROOT / "setup.cfg", ROOT / "pyproject.toml")
    step(
        "package",
        "Installing fablabmesh",
        wanted,
        [wanted],
        lambda: pip_install("--no-build-isolation", "-e", str(ROOT)),
    )


def pip_install(*words: str | Path) -> None:
    """Without dependencies: the locks name every one of them."""
    run(
        VENV / "bin" / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-deps",
        *words,
    )


def install_browser_packages(with_tests: bool) -> None:
    locks = [ROOT / "package.json", ROOT / "package-lock.json"]
    modules = ROOT / "node_modules"
    marks = [fingerprint("node", flavour, *locks) for flavour in ("run", "test")]
    wanted, accepted = flavoured(with_tests, marks[0], marks[1])

    def fetch() -> None:
        omit = [] if with_tests else ["--omit=dev"]
        run(find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *omit)

    if not modules.is_dir():
        (STAMPS / "node").unlink(missing_ok=True)
    step("node", "Installing front-end packages", wanted, accepted, fetch)
    wanted = fingerprint("vendor", VENDORED, *locks)
    if not VENDOR.is_dir():
        (STAMPS / "vendor").unlink(missing_ok=True)
    step(
        "vendor",
        "Copying what pages load to static/vendor",
        wanted,
        [wanted],
        lambda: copy_vendored(modules, VENDOR),
    )


def find_npm() -> str:
    """This machine's npm, where its Node.js is recent; else the one that PyPI ships, pinned as all the rest."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= 20:
            return npm
    print("Installing Node.js below .venv…", file=sys.stderr, flush=True)
    pip_install("--require-hashes", "-r", ROOT / "script" / "requirements-node.txt")
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return str(VENV / "bin" / "npm")


def copy_vendored(modules: Path, target: Path) -> None:
    """The files that pages load, in a new folder that takes the place of the old one when it is whole."""
    fresh, old = target.with_name("vendor.new"), target.with_name("vendor.old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    for package, patterns in VENDORED.items():
        for pattern in patterns:
            found = sorted((modules / package).glob(pattern))
            if not found:
                raise SystemExit(f"{package} has no {pattern}: script/lib/install.py and package-lock.json disagree.")
            for file in found:
                copy = fresh / package / file.relative_to(modules / package)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def install_chromium() -> None:
    """Playwright's own, only where the system has none that runs."""
    if not (shutil.which("chromium") or shutil.which("google-chrome")):
        wanted = fingerprint("chromium", ROOT / "script" / "requirements-dev.txt")
        python = VENV / "bin" / "python"
        command = (python, "-m", "playwright", "install", "chromium")
        step("chromium", "Fetching Chromium", wanted, [wanted], lambda: run(*command))


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in a checkout: a second one waits, then finds everything done."""
    with open(ROOT / "script" / "lib" / "install.py", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(words: list[str]) -> int:
    if set(words) - {"--test"}:
        print("Usage: script/bootstrap [--test]", file=sys.stderr)
        return 2
    with_tests = "--test" in words
    try:
        with alone():
            install_python(with_tests)
            install_browser_packages(with_tests)
            if with_tests:
                install_chromium()
    except subprocess.CalledProcessError as error:
        print(f"The set-up stopped: {' '.join(error.cmd)} failed (see above).", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
