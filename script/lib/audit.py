"""Known holes in the locked dependencies, as pip-audit and npm tell them. What could not be asked is never « fine »."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 240


@dataclass
class Findings:
    """`asked`: how many packages were looked up; `holes` and `unasked`: one line each."""

    asked: int = 0
    holes: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


def read_pip_audit(text: str) -> Findings:
    """From `pip-audit --format json`; what it skips, it says so."""
    found = Findings()
    try:
        rows = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Findings(unasked=["Python: the service of vulnerabilities does not answer"])
    for row in rows:
        if "skip_reason" in row:
            found.unasked.append(f"{row['name']}: {row['skip_reason']}")
            continue
        found.asked += 1
        for hole in row["vulns"]:
            mend = ", ".join(hole.get("fix_versions") or []) or "none yet"
            found.holes.append(f"{row['name']} {row['version']}: {hole['id']} (mended in: {mend})")
    if not found.asked:
        return Findings(unasked=["Python: the service of vulnerabilities knows none of the packages"])
    return found


def read_npm_audit(text: str) -> Findings:
    """From `npm audit --json`."""
    try:
        told = json.loads(text[text.index("{") :])
        count, rows = told["metadata"]["dependencies"]["total"], told["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return Findings(unasked=["Node: the service of vulnerabilities does not answer"])
    return Findings(count, [f"{name}: {row['severity']}" for name, row in sorted(rows.items())])


def judge(findings: Findings, *, is_strict: bool) -> tuple[int, str]:
    """The exit status and what to say."""
    lines = [f"HOLE    {hole}" for hole in findings.holes] + [f"UNASKED {what}" for what in findings.unasked]
    lines.append(f"{findings.asked} packages asked about, {len(findings.holes)} holes known.")
    if findings.unasked:
        lines.append("What is unasked is not known to be safe: run script/audit where the services can be reached.")
    return int(bool(findings.holes or (is_strict and findings.unasked))), "\n".join(lines)


def run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def main(words: list[str]) -> int:
    lock = ["--requirement", "script/requirements.txt", "--disable-pip", "--no-deps"]
    python = run([sys.executable, "-m", "pip_audit", *lock, "--format", "json", "--progress-spinner", "off"])
    found = read_pip_audit(python)
    npm = shutil.which("npm") or shutil.which("npm", path=str(ROOT / ".venv" / "bin"))
    of_node = read_npm_audit(run([npm, "audit", "--json"]) if npm else "")
    both = Findings(found.asked + of_node.asked, found.holes + of_node.holes, found.unasked + of_node.unasked)
    status, said = judge(both, is_strict="--strict" in words)
    print(said)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
