"""What a picture's thing stands on, as its border tells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.colour import Lab

NOTICEABLE = 6.0
"""In units of L*a*b*: about what is seen as another colour side by side."""


class Ground(NamedTuple):
    """``sides`` are the picture's border pixels, ``colour`` their median; ``distance`` is that of
    every pixel to it, squared, and ``foreground`` where that is noticeable."""

    sides: tuple[Lab, ...]
    colour: Lab
    distance: npt.NDArray[np.float32]
    foreground: npt.NDArray[np.bool_]

    @property
    def matches(self) -> tuple[npt.NDArray[np.bool_], ...]:
        """Where each side has about the ground's colour."""
        on = ~self.foreground
        return on[0], on[-1], on[:, 0], on[:, -1]


def ground_of(colours: Lab) -> Ground:
    """Of a picture of shape (height, width, 3)."""
    sides = (colours[0], colours[-1], colours[:, 0], colours[:, -1])
    colour = np.median(np.concatenate(sides), axis=0)
    off = colours - colour
    distance = np.einsum("ijk,ijk->ij", off, off)
    return Ground(sides, colour, distance, distance >= NOTICEABLE**2)
