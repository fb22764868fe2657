"""OpenStack Swift with its S3 API on one port of loopback, until its standard input ends.

    python swift_server.py DIRECTORY          # prints the port

Account, container, object and proxy servers in one process; objects are in memory, listings in
SQLite below the directory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi  # noqa: E402
from swift.common import utils  # noqa: E402

ACCESS_KEY, SECRET = "test:tester", "testing"
REGION = "auto"

# 2048 bytes in one value are S3's own limit on all user metadata; Swift's default is 256.
CLUSTER = """
[swift-hash]
swift_hash_path_suffix = test
[swift-constraints]
max_meta_value_length = 2048
"""

PROXY = f"""
[pipeline:main]
pipeline = catch_errors s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:s3api]
use = egg:swift#s3api
location = {REGION}
allow_multipart_uploads = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = {SECRET} .admin
user_test_reader = {SECRET}
"""


def serve(directory: Path) -> None:
    (directory / "swift.conf").write_text(CLUSTER)
    (directory / "proxy-server.conf").write_text(f"[DEFAULT]\nswift_dir = {directory}\n{PROXY}")
    (directory / "device").mkdir()
    utils.set_swift_dir(str(directory))
    # which read the file above as they are imported
    from swift.account.server import AccountController
    from swift.common.wsgi import loadapp
    from swift.container.server import ContainerController
    from swift.obj.mem_server import ObjectController

    conf = {"devices": str(directory), "swift_dir": str(directory), "mount_check": "false"}
    for ring, controller in (
        ("account", AccountController),
        ("container", ContainerController),
        ("object", ObjectController),
    ):
        save_ring(directory / f"{ring}.ring.gz", listen(controller(conf)))
    print(listen(loadapp(str(directory / "proxy-server.conf"))), flush=True)
    while eventlet.tpool.execute(sys.stdin.buffer.read):
        pass


def listen(app: Callable[..., Any]) -> int:
    listener = eventlet.listen(("127.0.0.1", 0))
    eventlet.spawn(wsgi.server, listener, app, log_output=False)
    return int(listener.getsockname()[1])


def save_ring(path: Path, port: int) -> None:
    from swift.common.ring import RingData

    device = {"id": 0, "region": 1, "zone": 1, "weight": 1, "device": "device"}
    address = {"ip": "127.0.0.1", "port": port}
    RingData([[0, 0]], [device | address], 31).save(str(path))


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
