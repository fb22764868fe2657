"""Exposure and colour: what of the tones is lost, and how vivid the colours are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

# Of the picture's brightest level, so that darkening does not undo it; coding moves what was
# clipped by a few levels.
_CLIPPED = 0.98
_WHITE = 0.94
# About three steps of L* in the lighter half.
_SAME_TONE = 0.08
_OFFSET = 8.0


def tones(pixels: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Of RGB pixels of shape (height, width, 3), as means of some natural pixels each:

    ``clipped``: the share, of what is not white, in which two channels have reached their end, as
    highlights do that were exposed too long; studio white itself is meant, and one channel is at
    its end in any pure red. ``white_point`` and ``black_point``: the 98th and 2nd percentile of
    the mean of the channels, 0 to 255. ``even``: the share of the border in about the border's
    median tone.
    ``colourfulness``: Hasler and Suesstrunk 2003, over the mean level, so that exposure does not
    change it; 0 is grey, 0.3 moderately colourful.
    """
    red, green, blue = channels = pixels.reshape(-1, 3).T.astype(np.float32)
    highest = np.maximum(np.maximum(red, green), blue)
    lowest = np.minimum(np.minimum(red, green), blue)
    second = red + green + blue - highest - lowest
    end = float(np.percentile(highest, 99.9)) or 1.0
    coloured = lowest < _WHITE * end
    share = float(coloured.mean())
    black_point, white_point = np.percentile(channels.mean(axis=0), [2, 98])
    return {
        "clipped": float(((second >= _CLIPPED * end) & coloured).mean()) / max(share, 0.02),
        "white_point": float(white_point),
        "black_point": float(black_point),
        "even": _evenness(pixels),
        "colourfulness": _colourfulness(channels[:, coloured]) if share > 0.02 else 0.0,
    }


def _evenness(pixels: npt.NDArray[np.uint8]) -> float:
    """In logarithms, so that no exposure makes a border more even but by clipping it."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    tones = np.log(border.astype(np.float32) + _OFFSET)
    apart = np.abs(tones - np.median(tones, axis=0)).max(axis=1)
    return float((apart < _SAME_TONE).mean())


def _colourfulness(levels: npt.NDArray[Any]) -> float:
    red, green, blue = levels
    opponents = np.stack([red - green, (red + green) / 2 - blue])
    spread = np.linalg.norm(opponents.std(axis=1)) + 0.3 * np.linalg.norm(opponents.mean(axis=1))
    return float(spread / (levels.mean() + 16))
