"""The components of the quality score that pixels decide, each 0 to 1 from ``measure.features``.

Where a component is full is set by what clean photographs of shops reach, so that spoiling one
never pays: only what is worse than those loses, and what a blur or a darkening hides of one fault
is less than what it costs elsewhere.
"""

from __future__ import annotations

from math import log, log2

from imagecrawler.items import Measurements

# Cycles over a side.
_FEWEST, _AMPLE = 14.0, 65.0
# Cycles a pixel. Sharp photographs of 320 px have 0.2; a gradient whose spectrum is flat up to half
# a cycle a pixel (Field 1987), which edges cannot exceed, has 0.25.
_FINEST_MEAN = 0.225


def resolution(measured: Measurements) -> float:
    """Effective resolution: the ``cycles`` of ``detail.detail`` on a log scale, 0 at 14, 1 at 65.

    Sharp photographs have some 65 at 320 px and 95 at 640 px. It is what is seen that counts and
    not the file's width: an enlarged picture has the cycles of its original. Logarithmic because
    what is visible grows with the ratio of sizes. What has more is not told apart, so that neither
    grain nor another encoder's edges can pay there.
    """
    return _between(log2(max(effective_cycles(measured), 1.0)), log2(_FEWEST), log2(_AMPLE))


def effective_cycles(measured: Measurements) -> float:
    """The cycles over a side of the area that shows something, 0.225 of its pixels at most.

    More than that is grain, or textures that outlines no longer outweigh because exposure has
    clipped these.
    Clipped pixels hold no detail and do not count as pixels. Blank ones may be a studio's ground
    or were clipped; they count for as much less as exposing too long was seen to add cycles at
    their cost: up to 0.14 octaves at seven tenths blank, and 0.2 with the sharpness it adds.
    """
    found = measured.features
    seen: float = max(0.0, 1 - found["clipped"]) ** 0.5
    filled: float = max(0.001, 1 - found["blank"]) ** 0.2
    bound: float = _FINEST_MEAN * (measured.width * measured.height) ** 0.5
    return min(found["cycles"], bound) * seen * filled


def fidelity(measured: Measurements) -> float:
    """The real detail of one version of a picture among others, in octaves; no fixed range.

    The natural side as far as its spectrum bears it out; half of what goes beyond counts against
    it, as enlargements do. A quarter of the octaves of its cycles is added: where sizes are alike,
    that with the finer edges is ahead. What compression adds to the edges is taken off: up to 0.24
    octaves were measured at step 10, so each doubling of the step costs a quarter, and more from
    where it is seen, as noise does.
    """
    natural, borne_out = _natural(measured), _borne_out(measured)
    side = borne_out - (natural - borne_out) / 2
    steps = log2(max(measured.features["quantum"], 4.0) / 4) / 4
    finer = log2(max(effective_cycles(measured), 1.0)) / 4
    return side + finer - steps + compression(measured) + noise(measured)


# All but the softest shop photographs have more cycles, and reach further.
_PIXELS_A_CYCLE = 15
_REACH = 0.32


def _natural(measured: Measurements) -> float:
    """The mean side in pixels, as a power of two."""
    return log2(measured.width * measured.height) / 2


def _borne_out(measured: Measurements) -> float:
    """As much of it as the cycles account for, and as the finest of them do.

    Those are not looked for in pictures of more than 1.2 megapixels, which are taken at their word.
    """
    seen = log2(max(_PIXELS_A_CYCLE * effective_cycles(measured), 1.0))
    reached = log2(max(measured.features["reach"], 0.01) / _REACH)
    return min(_natural(measured) + min(0.0, reached), seen)


def sharpness(measured: Measurements) -> float:
    """The share of the edges' energy finer than a 60th of the side: sharp as it is shown.

    0.65 and more of it in photographs in focus, 0.1 where nothing is in focus. Full at 0.35: small
    pictures lie between, and there it moves with grain and exposure as much as with blur.
    """
    return _between(measured.features["sharpness"], 0.05, 0.35)


def noise(measured: Measurements) -> float:
    """The standard deviation of ``artefacts.noise``: 1 up to 6.5 levels, 0 from 30 on.

    Grain below that is part of many a photograph, and taking it away must not pay. Logarithmic,
    as signal-to-noise ratios are given in decibels.
    """
    return 1 - _between(log2(max(measured.features["noise"], 1.0)), log2(6.5), log2(30))


def compression(measured: Measurements) -> float:
    """How coarsely it was ever compressed, by ``artefacts.quantum``: 1 up to 9, 0 from 63 on.

    These are libjpeg's qualities 64 and 10; from 60 on its blocks begin to be seen, and what they
    add to the edges has to cost something by then. Read from the pixels alone, so that saving a
    bad JPEG anew repairs nothing.
    """
    return 1 - _between(log(max(measured.features["quantum"], 1.0)), log(9), log(63))


def exposure(measured: Measurements) -> float:
    """What was lost at the ends of the scale, and how light it is at all.

    Three tenths of clipped colours are common (reflections, prints); seven leave nothing. The
    lightest parts of a well exposed picture lie above 140 of 255 even by night (of 240 shop
    photographs none below 154); none is made better by being darker.
    """
    found = measured.features
    return (1 - _between(found["clipped"], 0.3, 0.7)) * _between(found["white_point"], 0, 140)


def contrast(measured: Measurements) -> float:
    """Michelson's: the 2nd to the 98th percentile, as a ratio; 1 from 1:2 on.

    A ratio because exposing longer raises both ends alike and makes no picture better.
    """
    found = measured.features
    dark, light = found["black_point"] + 2, found["white_point"] + 2
    return _between(1 - dark / light, 0, 0.5)


def colour(measured: Measurements) -> float:
    """Colourfulness (``tone.tones``), full at a trace: it tells a lack of colour, no more.

    Grain that costs nothing yet adds less than 0.03; exposing longer makes greys more colourful.
    """
    return _between(measured.features["colourfulness"], 0.03, 0.05)


def background(measured: Measurements) -> float:
    """How clean the ground of a packshot is: 1 where 0.85 of the border have one tone.

    Shops ask for one plain ground behind the item; scenes have none and get nothing here, nor do
    those that were exposed until it has one. Transparent pictures are looked at on white.
    """
    found = measured.features
    return _between(found["even"], 0.74, 0.85) * (1 - _between(found["clipped"], 0, 0.15))


def overlay(measured: Measurements) -> float:
    """Watermarks, prices and other text laid over it (``artefacts.lettering``).

    A label or a print on the item stays below 0.03; a fifth covered is a banner.
    """
    return 1 - _between(measured.features["lettering"], 0.03, 0.2)


def aspect(measured: Measurements) -> float:
    """1 up to 16:9 either way, falling to 0 at 5:1, as banners and strips go."""
    ratio = max(measured.width, measured.height) / min(measured.width, measured.height)
    return 1 - _between(log(ratio), log(1.78), log(5))


def _between(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))
