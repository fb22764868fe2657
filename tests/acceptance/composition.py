"""compose.yaml without an engine: what each service runs, with which environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
_DURATION = re.compile(r"(?:(\d+)m)?(?:(\d+)s)?")


class Composition:
    """The file with ``variables`` in the place of the shell's and ``.env``'s.

    ``addresses`` are texts to be replaced wherever a command or a value holds them, the first that
    fits.
    """

    def __init__(
        self, path: Path, variables: Mapping[str, str], addresses: Mapping[str, str] | None = None
    ) -> None:
        self._path = path
        self._document = yaml.safe_load(path.read_text("utf-8"))
        self._variables = variables
        self._addresses = addresses or {}
        self.services: dict[str, dict[str, Any]] = self._document["services"]

    def environment(self, service: str) -> dict[str, str]:
        values = self.services[service].get("environment", {})
        return {
            name: self._resolved(self._variables[name] if value is None else value)
            for name, value in values.items()
            if value is not None or name in self._variables
        }

    def command(self, service: str) -> list[str]:
        """Files that are mounted are named where they lie."""
        mounted = self._mounts(service)
        return [mounted.get(word, self._resolved(word)) for word in self._words(service)]

    def health_check(self, service: str) -> list[str]:
        kind, *words = self.services[service]["healthcheck"]["test"]
        assert kind == "CMD"
        return [self._resolved(word) for word in words]

    def configuration(self, name: str) -> str:
        return self._resolved(self._document["configs"][name]["content"])

    def grace(self, service: str) -> int:
        """Seconds between SIGTERM and SIGKILL."""
        match = _DURATION.fullmatch(self.services[service].get("stop_grace_period", "10s"))
        assert match
        minutes, seconds = (int(part or 0) for part in match.groups())
        return 60 * minutes + seconds

    def _words(self, service: str) -> list[str]:
        words: list[str] = self.services[service]["command"]
        return words

    def _mounts(self, service: str) -> dict[str, str]:
        volumes = self.services[service].get("volumes", [])
        parts = [volume.split(":") for volume in volumes if volume.startswith("./")]
        return {target: str(self._path.parent / source) for source, target, *_ in parts}

    def _resolved(self, text: str) -> str:
        text = _VARIABLE.sub(self._value, text)
        if not self._addresses:
            return text
        # in one go: a port that was put in must not pass for one that is to be replaced
        known = re.compile("|".join(map(re.escape, self._addresses)))
        return known.sub(lambda match: self._addresses[match.group()], text)

    def _value(self, match: re.Match[str]) -> str:
        name, operator, rest = match.groups()
        value = self._variables.get(name)
        assert value or operator != "?", f"{name}: {rest}"
        return value or rest or ""
