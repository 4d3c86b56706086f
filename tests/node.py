"""Questions to programs in Node: one process for each program, since to start Node costs more than to answer."""

import atexit
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest


def ask(script: Path, question: dict[str, Any]) -> Any:
    """A line of JSON for a line of JSON: {"answer": …}, or {"error": …}."""
    node = _node(script)
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write(json.dumps(question) + "\n")
    node.stdin.flush()
    told = json.loads(
        node.stdout.readline() or '{"error": "Node ended: has script/bootstrap --test installed its packages?"}'
    )
    assert "error" not in told, told["error"]
    return told["answer"]


@cache
def _node(script: Path) -> "subprocess.Popen[str]":
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine")
    started = subprocess.Popen([node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_end, started)
    return started


def _end(node: "subprocess.Popen[str]") -> None:
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.close()
    node.wait(10)
    node.stdout.close()
