"""The command line of the private database: `script/db`, and `run`, by which tests and the console borrow it."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from cluster import DATABASE, Cluster, find_cluster

USAGE = "Usage: script/db start|stop|status|url|psql [--test] [arguments of psql]"


def run_with(cluster: Cluster, command: Sequence[str]) -> int:
    """A command that finds the database in its environment; the database stops after it."""
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda number, _frame: sys.exit(128 + number))
    with cluster.used():
        child = subprocess.Popen(command, env={**os.environ, **cluster.environ()})
        # Ctrl-C reaches the child by itself; a polite end is handed on. We stay to close the door.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for sign in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, lambda number, _frame: child.send_signal(number))
        status = child.wait()
    return status if status >= 0 else 128 - status


def borrow(cluster: Cluster, command: Sequence[str]) -> int:
    if cluster.is_durable and os.environ.get("DATABASE_URL"):
        return subprocess.run(command, check=False).returncode
    return run_with(cluster, command)


def report(cluster: Cluster) -> int:
    is_ready = cluster.is_ready()
    print(f"Running: {cluster.environ()['DATABASE_URL']}" if is_ready else "Not running.")
    return 0 if is_ready else 3


def start(cluster: Cluster) -> int:
    was_started = cluster.start()
    cluster.keep()
    print(f"{'Started' if was_started else 'Already running'}: {cluster.environ()['DATABASE_URL']}")
    return 0


def stop(cluster: Cluster) -> int:
    print("Stopped." if cluster.stop() else "It was not running.")
    return 0


def psql(cluster: Cluster, words: Sequence[str]) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # psql's own: it ends a query and not the session
    with cluster.used():
        cluster.psql("-d", DATABASE if cluster.is_durable else "postgres", *words)
    return 0


def main(words: list[str]) -> int:
    is_test = "--test" in words[:2]
    words = [word for index, word in enumerate(words) if word != "--test" or index > 1]
    cluster = find_cluster(os.environ, is_test)
    match words:
        case ["start"]:
            return start(cluster)
        case ["stop"]:
            return stop(cluster)
        case ["status"]:
            return report(cluster)
        case ["url"]:
            print(cluster.environ()["DATABASE_URL"])
            return 0
        case ["psql", *rest]:
            return psql(cluster, rest)
        case ["run", "--", *command] if command:
            return borrow(cluster, command)
    print(USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
