from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagecrawler.storage.files import Sidecar, staged, walk

NAMES = st.text("a0-. é", min_size=1, max_size=2).filter(lambda name: not name.startswith("."))


@settings(deadline=None)
@given(st.lists(st.lists(NAMES, min_size=1, max_size=3), max_size=6))
def test_walking_is_sorting(paths: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for parts in paths:
            # The ending keeps a file from taking the place of a directory.
            path = root.joinpath(*parts[:-1], parts[-1] + ".jpg")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        keys = {"/".join(parts) + ".jpg" for parts in paths}
        assert list(walk(root, "")) == sorted(keys, key=str.encode)


def test_a_directory_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(walk(tmp_path / "none", "")) == []


def test_staged_bytes_appear_when_they_are_placed(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    with staged(path, b"new") as place:
        assert not path.exists()
        place()
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_staged_bytes_vanish_when_something_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(RuntimeError), staged(path, b"new"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_sidecar_comes_back(tmp_path: Path) -> None:
    sidecar = Sidecar.of(b"bytes", "image/png", {"alt": "é"})
    (tmp_path / "sidecar").write_bytes(sidecar.dump())
    assert Sidecar.read(tmp_path / "sidecar") == sidecar
