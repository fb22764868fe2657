"""The extraction rules, in order. A new rule is one file and one line here.

The order decides ties between addresses of one picture, and the order of a candidate's sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imagecrawler.extraction import (
    css_background,
    img,
    json_ld,
    lazy,
    open_graph,
    picture,
    poster,
    srcset,
    zoom_link,
)
from imagecrawler.extraction.found import Found
from imagecrawler.items import PageSnapshot

Rule = Callable[[PageSnapshot], Iterator[Found]]

RULES: tuple[tuple[str, Rule], ...] = (
    ("picture", picture.find),
    ("srcset", srcset.find),
    ("img", img.find),
    ("lazy", lazy.find),
    ("zoom-link", zoom_link.find),
    ("poster", poster.find),
    ("css-background", css_background.find),
    ("json-ld", json_ld.find),
    ("open-graph", open_graph.find),
)
