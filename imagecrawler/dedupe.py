"""Duplicates of a page folded into their best version, the rest ranked and cut to a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from imagecrawler.imaging.components import fidelity
from imagecrawler.imaging.hashing import hamming
from imagecrawler.imaging.likeness import GATE, same_picture
from imagecrawler.items import Reason, Rejection, Role, ScoredImage

Outcome = tuple[tuple[ScoredImage, ...], tuple[Rejection, ...]]


@dataclass(slots=True)
class _Cluster:
    kept: ScoredImage
    others: list[ScoredImage] = field(default_factory=list)


class _Clusters:
    """A page's, found by hash: one pass of XOR and popcount over at most ``size`` of them."""

    def __init__(self, size: int) -> None:
        self.all: list[_Cluster] = []
        self._hashes = np.zeros(size, np.uint64)

    def of(self, image: ScoredImage) -> _Cluster | None:
        """The first whose kept picture shows the same."""
        apart = np.bitwise_count(self._hashes[: len(self.all)] ^ np.uint64(image.measured.phash))
        near = (self.all[number] for number in np.flatnonzero(apart <= GATE))
        return next((each for each in near if same_picture(each.kept, image)), None)

    def add(self, image: ScoredImage) -> None:
        self._hashes[len(self.all)] = image.measured.phash
        self.all.append(_Cluster(image))


def deduplicate(images: Sequence[ScoredImage]) -> Outcome:
    """Keep the best version of every picture, in the order of ``images``.

    Each picture is compared with the kept one of a cluster, never with its other members, so
    that likeness does not creep from picture to picture. The kept one is a hero if any of its
    cluster was, takes over the largest prominence and lists the others' URLs in ``absorbed``.
    """
    clusters = _Clusters(len(images))
    for image in sorted(images, key=_fitness, reverse=True):
        cluster = clusters.of(image)
        if cluster is None:
            clusters.add(image)
        else:
            cluster.others.append(image)
    order = {id(image): index for index, image in enumerate(images)}
    kept = sorted(clusters.all, key=lambda cluster: order[id(cluster.kept)])
    rejected = tuple(_duplicate(c.kept, other) for c in kept for other in c.others)
    return tuple(_folded(cluster) for cluster in kept), rejected


def rank(images: Sequence[ScoredImage], max_images: int) -> Outcome:
    """Heroes first by prominence and place, then by quality.

    What is beyond ``max_images`` is rejected.
    """
    ordered = sorted(images, key=_rank_key)
    surplus = tuple(
        Rejection(
            image.url,
            Reason.OVER_LIMIT,
            f"number {number} of at most {max_images}",
            rect=image.image.candidate.rect,
        )
        for number, image in enumerate(ordered[max_images:], max_images + 1)
    )
    return tuple(ordered[:max_images]), surplus


def _rank_key(image: ScoredImage) -> tuple[bool, float, tuple[bool, int]]:
    if image.is_hero:
        return False, -image.prominence, image.image.candidate.order
    return True, -image.quality, (False, 0)


def _fitness(image: ScoredImage) -> tuple[float, int, float, float]:
    """How good a version is, by what its own pixels say before its place on the page.

    To a tenth of an octave, which the same detail differs in from one encoding to the next.
    """
    pixels = image.measured.width * image.measured.height
    return round(fidelity(image.measured), 1), pixels, image.prominence, image.quality


def _folded(cluster: _Cluster) -> ScoredImage:
    members = [cluster.kept, *cluster.others]
    return replace(
        cluster.kept,
        role=Role.HERO if any(m.is_hero for m in members) else cluster.kept.role,
        prominence=max(m.prominence for m in members),
        absorbed=(
            *cluster.kept.absorbed,
            *(url for other in cluster.others for url in (other.url, *other.absorbed)),
        ),
    )


def _duplicate(kept: ScoredImage, other: ScoredImage) -> Rejection:
    distance = hamming(kept.measured.phash, other.measured.phash)
    return Rejection(
        other.url,
        Reason.DUPLICATE,
        f"Hamming distance {distance}",
        duplicate_of=kept.url,
        rect=other.image.candidate.rect,
    )
