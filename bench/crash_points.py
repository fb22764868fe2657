"""Every operation is killed at every point that it passes, done again, and looked at.

    python bench/crash_points.py [--operation crawl …] [--point page_saved …] [--store s3]

For each: the processes kill themselves at the point, new ones do the operation again, ``reconcile``
runs once, and rows, objects, jobs and counts are held against what should be there. Points that an
operation is not said to pass are armed all at once in a run of their own, which has to live. Prints
a matrix; exit code 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "acceptance"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

import psycopg2
from crash_invariant import crash, faults
from crash_lab import CrashLab
from crash_operations import OPERATIONS, Operation
from serve import DemoShop

from imagecrawler.crash_points import CrashPoint
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.db.migrate import upgrade

PASSED, UNREACHED = "passed", "-"


def killed(lab: CrashLab, operation: Operation, point: str) -> str:
    """What became of it, in a word or in words."""
    found = crash(lab, operation, point)
    return f"FAILED: {'; '.join(found)}" if found else PASSED


def live(lab: CrashLab, operation: Operation) -> str:
    """The operation with all other points armed."""
    site = lab.site(operation.state)
    passed = {name.partition(":")[0] for name in operation.passes}
    site.armed = ",".join(point for point in CrashPoint if point not in passed)
    found = [] if operation.perform(site) else ["died at a point that it is not said to pass"]
    found += faults(site, operation)
    return f"FAILED: {'; '.join(found)}" if found else UNREACHED


class Server:
    """PostgreSQL with as many databases as are asked for; ``template`` has our schema."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._numbers = count(1)
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")
        address = self.make("template0")
        upgrade(address)
        self.template = address.partition("?")[0].rpartition("/")[2]

    def make(self, template: str) -> str:
        name = f"crash_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._server.url.replace("/postgres?", f"/{name}?")

    def _run(self, statement: str) -> None:
        with closing(psycopg2.connect(self._server.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)


@contextmanager
def moto() -> Iterator[str]:
    """The endpoint of moto's S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def run(lab: CrashLab, operations: list[Operation], points: set[str]) -> dict[str, dict[str, str]]:
    """The matrix: what became of it by point and operation."""
    matrix: dict[str, dict[str, str]] = {}
    for operation in operations:
        for point in operation.passes:
            if not points or point in points:
                begun = time.monotonic()
                result = matrix.setdefault(point, {})[operation.name] = killed(
                    lab, operation, point
                )
                took = time.monotonic() - begun
                print(f"{operation.name} at {point}: {result} ({took:.0f} s)", file=sys.stderr)
        if not points or "none" in points:
            result = live(lab, operation)
            print(f"{operation.name} at no other: {result}", file=sys.stderr)
            if result != UNREACHED:
                matrix.setdefault("all others", {})[operation.name] = result
    return matrix


def table(matrix: dict[str, dict[str, str]], operations: list[Operation]) -> str:
    """As lines; what went wrong is below them."""
    names = [operation.name for operation in operations]
    lines = [f"{'':22}" + "".join(f"{name:>11}" for name in names)]
    wrong = []
    for point in sorted(matrix, key=_order):
        cells = [matrix[point].get(name, UNREACHED) for name in names]
        wrong += [
            f"{point} x {name}: {cell}"
            for name, cell in zip(names, cells, strict=True)
            if cell not in (PASSED, UNREACHED)
        ]
        lines.append(f"{point:22}" + "".join(f"{cell.split(':')[0]:>11}" for cell in cells))
    return "\n".join((*lines, *wrong))


def _order(point: str) -> tuple[int, str]:
    names = list(CrashPoint)
    name = point.partition(":")[0]
    return (names.index(CrashPoint(name)) if name in names else len(names), point)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [operation.name for operation in OPERATIONS]
    parser.add_argument("--operation", nargs="*", choices=names, default=names)
    parser.add_argument("--point", nargs="*", default=(), help="none: those it does not pass")
    parser.add_argument("--store", choices=("files", "s3"), default="files")
    options = parser.parse_args()
    operations = [each for each in OPERATIONS if each.name in options.operation]
    with tempfile.TemporaryDirectory(prefix="imagecrawler-crash-") as name, DemoShop() as shop:
        folder = Path(name)
        server = EmbeddedServer(folder)
        server.start()
        try:
            databases = Server(server)
            with moto() if options.store == "s3" else nullcontext("") as endpoint:
                lab = CrashLab(folder, databases.make, databases.template, shop, endpoint)
                matrix = run(lab, operations, set(options.point))
        finally:
            server.stop()
    print(table(matrix, operations))
    return int(
        any(cell not in (PASSED, UNREACHED) for row in matrix.values() for cell in row.values())
    )


if __name__ == "__main__":
    sys.exit(main())
