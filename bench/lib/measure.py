"""Rates by wrk in rounds that visit every target once, single answers by the clock, and the memory of processes."""

import http.client
import re
import statistics
import subprocess
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from peers import CLIENTS

CONNECTIONS = 4


@dataclass
class Target:
    """What is asked for. `status`: the answer that counts."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def fetch(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, Mapping[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=600)
    connection.request("GET", target_of(parts), headers=dict(headers or {}))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def target_of(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def text_of(headers: Mapping[str, str], body: bytes) -> bytes:
    return zlib.decompress(body, 31) if headers.get("content-encoding") == "gzip" else body


def rate(target: Target, seconds: int) -> float:
    """Answers a second; an answer of another kind is an error of the bench, and ends it."""
    status, _headers, _body = fetch(target.url, target.headers)
    if status != target.status:
        raise SystemExit(f"{target.url} answers {status} and not {target.status}")
    headers = [word for name, value in target.headers.items() for word in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", *headers, target.url]
    pinned = ["taskset", "-c", ",".join(map(str, CLIENTS)), *command]
    told = subprocess.run(pinned, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise SystemExit(f"{target.url} failed under load:\n{told}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    return float(found[1]) if found else 0.0


def interleave(targets: Mapping[str, Target], rounds: int, seconds: int) -> dict[str, list[float]]:
    """Every round visits every target: what disturbs the machine disturbs them alike."""
    rates: dict[str, list[float]] = {name: [] for name in targets}
    for target in targets.values():
        rate(target, 1)  # warm
    for _ in range(rounds):
        for name, target in targets.items():
            rates[name].append(rate(target, seconds))
    return rates


def ratio(rates: Mapping[str, list[float]], one: str, other: str) -> float:
    """The median of the rounds' own ratios."""
    return statistics.median(a / b for a, b in zip(rates[one], rates[other], strict=True))


def alternate(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Seconds of each work, the median of turns taken one after the other."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for index, work in enumerate(works):
            begun = time.perf_counter()
            work()
            times[index].append(time.perf_counter() - begun)
    return [statistics.median(each) for each in times]


def until_new(url: str, is_new: Callable[[bytes], bool], *, gzip: bool = False) -> float:
    """Seconds from now to the end of the first answer that is new."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < 60:
        _status, told, body = fetch(url, {"Accept-Encoding": "gzip"} if gzip else None)
        done = time.perf_counter() - begun
        if is_new(text_of(told, body)):
            return done
    raise SystemExit(f"{url} stays as it was")


def workers_of(server: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in found.split()]


def memory_of(process: int, what: str = "VmRSS") -> float:
    """Megabytes; VmHWM: the most there ever was."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
