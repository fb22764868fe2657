"""Exposure and colour: what of the tones is lost, and how vivid the colours are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.summary import medians, percentile, share

# Of the picture's brightest level, so that darkening does not undo it; coding moves what was
# clipped by a few levels.
_CLIPPED = 0.98
_WHITE = 0.94
# About three steps of L* in the lighter half.
_SAME_TONE = 0.08
# Of each channel's lightest: from where to where a level counts as that.
_BLANK = (0.9, 0.97)
_OFFSET = 8.0


def tones(pixels: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Of RGB pixels of shape (height, width, 3), as means of some natural pixels each:

    ``clipped``: the share, of what is not white, in which two channels have reached their end, as
    highlights do that were exposed too long; studio white itself is meant, and one channel is at
    its end in any pure red. ``blank``: the share that is as light as the lightest, the ground of a
    packshot or what was exposed until nothing is left. ``white_point`` and ``black_point``: the
    98th and 2nd percentile of the mean of the channels, 0 to 255. ``even``: the share of the border
    in about the border's median tone.
    ``colourfulness``: Hasler and Suesstrunk 2003, over the mean level, so that exposure does not
    change it; 0 is grey, 0.3 moderately colourful.
    """
    red, green, blue = channels = pixels.reshape(-1, 3).T.astype(np.float32, order="C")
    highest = np.maximum(np.maximum(red, green), blue)
    lowest = np.minimum(np.minimum(red, green), blue)
    total = red + green + blue
    light, high, *each = np.sort(np.stack([total, highest, *channels]), axis=1)
    end = percentile(high, 99.9) or 1.0
    coloured = lowest < _WHITE * end
    part = share(coloured)
    second = total - highest - lowest
    return {
        "clipped": share((second >= _CLIPPED * end) & coloured) / max(part, 0.02),
        "blank": _blank(channels, np.array([percentile(levels, 98) for levels in each])),
        "white_point": percentile(light, 98) / 3,
        "black_point": percentile(light, 2) / 3,
        "even": _evenness(pixels),
        "colourfulness": _colourfulness(channels, coloured) if part > 0.02 else 0.0,
    }


def _blank(channels: npt.NDArray[np.float32], lightest: npt.NDArray[Any]) -> float:
    """By channel, so that a cream ground is one too and no exposure changes it but by clipping."""
    ends = np.maximum(lightest, 1).astype(np.float32)
    low, high = _BLANK
    shares = np.clip(((channels / ends[:, None]).min(axis=0) - low) / (high - low), 0, 1)
    return float(shares.mean())


def _evenness(pixels: npt.NDArray[np.uint8]) -> float:
    """In logarithms, so that no exposure makes a border more even but by clipping it."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    tones = np.log(border.astype(np.float32) + _OFFSET)
    apart = np.abs(tones - medians(tones)).max(axis=1)
    return share(apart < _SAME_TONE)


def _colourfulness(channels: npt.NDArray[Any], coloured: npt.NDArray[np.bool_]) -> float:
    red, green, blue = levels = channels.compress(coloured, axis=1)
    opponents = np.stack([red - green, (red + green) / 2 - blue])
    spread = np.linalg.norm(opponents.std(axis=1)) + 0.3 * np.linalg.norm(opponents.mean(axis=1))
    return float(spread / (levels.mean() + 16))
