"""Union-find over views, with pairs that must stay apart."""

from __future__ import annotations

from collections.abc import Sequence

_NONE: frozenset[int] = frozenset()


class Clusters:
    """Disjoint sets of the numbers 0 … n-1, joined by near-constant-time unions.

    ``owners[i]`` is the element of member i, or None. Two members of one element are different
    pictures, so no union may bring them together.
    """

    def __init__(self, owners: Sequence[int | None]) -> None:
        self._parents = list(range(len(owners)))
        self._owners = {n: {owner} for n, owner in enumerate(owners) if owner is not None}

    def find(self, member: int) -> int:
        """The number that stands for the member's set."""
        while (parent := self._parents[member]) != member:
            self._parents[member] = member = self._parents[parent]
        return member

    def join(self, one: int, other: int) -> bool:
        """Unite the two sets; False where that would join two pictures of one element."""
        small, large = self.find(one), self.find(other)
        if small == large:
            return True
        few, many = self._owners.get(small, _NONE), self._owners.get(large, _NONE)
        if len(few) > len(many):
            small, large, few, many = large, small, many, few
        if not few.isdisjoint(many):
            return False
        self._parents[small] = large
        if few:
            self._owners[large] |= few
        return True
