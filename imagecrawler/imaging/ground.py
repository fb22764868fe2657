"""What a picture's thing stands on, as its border tells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.colour import Lab
from imagecrawler.imaging.summary import medians

NOTICEABLE = 6.0
"""In units of L*a*b*: about what is seen as another colour side by side."""


class Ground(NamedTuple):
    """``border`` are the pixels of the picture's four sides, one side after the other, ``colour``
    their median; ``distance`` is that of every pixel to it, squared, and ``foreground`` where that
    is noticeable."""

    border: Lab
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
    border = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    colour = medians(border)
    distance = np.square(colours - colour).sum(axis=-1)
    return Ground(border, colour, distance, distance >= NOTICEABLE**2)
