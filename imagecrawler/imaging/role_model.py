"""The learned models of roles: do not edit, train.

Trained on 2026-11-26 by bench/train_roles.py on the corpora images, open
(208 product, 102 lifestyle, 40 graphic) and 1294 pictures composed of them and drawn.
A term is Term(mean, deviation, weight in log-odds a deviation); readings.py says what
each reading is.
"""

from __future__ import annotations

from imagecrawler.imaging.logistic import Logistic, Term

DRAWN = Logistic(
    -2.601,
    {
        "border_white": Term(0.2672, 0.4333, 0.288),
        "border_match": Term(0.5085, 0.3896, 0.11),
        "background": Term(0.374, 0.3129, -0.376),
        "flat": Term(0.2481, 0.2547, 0.513),
        "edges": Term(0.1792, 0.176, 1.023),
        "transparent": Term(0.0249, 0.12, 0.093),
        "ground_lightness": Term(0.6733, 0.278, -0.175),
        "ground_chroma": Term(0.1149, 0.2374, 0.03),
        "ground_sides": Term(0.5536, 0.3933, 0.08),
        "ground_smooth": Term(0.7457, 0.2339, 0.581),
        "touched": Term(0.6254, 0.4348, -0.019),
        "row_runs": Term(1.0925, 0.6115, 0.338),
        "column_runs": Term(1.0879, 0.3822, 0.069),
        "filled": Term(0.7587, 0.4898, -0.14),
        "middle": Term(0.796, 0.2961, -0.27),
        "colourful": Term(0.2129, 0.1997, -0.044),
        "vivid": Term(0.0993, 0.2604, 0.352),
        "hues": Term(1.5377, 0.7357, 0.267),
        "skin": Term(0.1212, 0.1459, -0.293),
        "green": Term(0.1086, 0.2618, 0.098),
        "dominant": Term(0.42, 0.2245, 0.131),
        "hard": Term(0.0227, 0.0463, 0.324),
        "straight": Term(0.2141, 0.1476, -0.168),
        "soft": Term(0.1159, 0.1682, -0.196),
        "shaded": Term(0.4744, 0.1906, -1.311),
        "palette": Term(5.3847, 1.8024, -0.017),
        "elongation": Term(0.5518, 0.3947, 0.192),
        "all_ground": Term(0.02, 0.1501, -0.06),
        "even": Term(0.023, 0.1412, 0.168),
    },
)
"""Drawn rather than photographed."""

PLAIN = Logistic(
    0.551,
    {
        "border_white": Term(0.2672, 0.4333, 0.743),
        "border_match": Term(0.5085, 0.3896, 0.454),
        "background": Term(0.374, 0.3129, 0.454),
        "flat": Term(0.2481, 0.2547, 0.569),
        "edges": Term(0.1792, 0.176, -0.109),
        "transparent": Term(0.0249, 0.12, 0.19),
        "ground_lightness": Term(0.6733, 0.278, 0.609),
        "ground_chroma": Term(0.1149, 0.2374, 0.065),
        "ground_sides": Term(0.5536, 0.3933, 0.389),
        "ground_smooth": Term(0.7457, 0.2339, 0.899),
        "touched": Term(0.6254, 0.4348, -0.424),
        "row_runs": Term(1.0925, 0.6115, -0.043),
        "column_runs": Term(1.0879, 0.3822, -0.036),
        "filled": Term(0.7587, 0.4898, -0.09),
        "middle": Term(0.796, 0.2961, 0.161),
        "colourful": Term(0.2129, 0.1997, 0.214),
        "vivid": Term(0.0993, 0.2604, -0.02),
        "hues": Term(1.5377, 0.7357, 0.11),
        "skin": Term(0.1212, 0.1459, -0.053),
        "green": Term(0.1086, 0.2618, 0.102),
        "dominant": Term(0.42, 0.2245, 0.761),
        "hard": Term(0.0227, 0.0463, -0.122),
        "straight": Term(0.2141, 0.1476, 0.442),
        "soft": Term(0.1159, 0.1682, -0.194),
        "shaded": Term(0.4744, 0.1906, -0.1),
        "palette": Term(5.3847, 1.8024, -0.626),
        "elongation": Term(0.5518, 0.3947, -0.526),
        "all_ground": Term(0.02, 0.1501, 0.074),
        "even": Term(0.023, 0.1412, -0.022),
    },
)
"""On plain or studio ground rather than in a scene, of what was photographed."""
