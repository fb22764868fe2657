"""The extraction rules, in order. A new rule is one file and one line here.

The order decides ties between addresses of one picture, and the order of a candidate's sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imagecrawler.extraction import (
    css_background,
    data_json,
    img,
    inline_json,
    json_ld,
    lazy,
    microdata,
    network,
    noscript,
    open_graph,
    picture,
    plugin,
    poster,
    rdfa,
    srcset,
    svg_image,
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
    ("noscript", noscript.find),
    ("zoom-link", zoom_link.find),
    ("poster", poster.find),
    ("svg-image", svg_image.find),
    ("plugin", plugin.find),
    ("css-background", css_background.find),
    ("json-ld", json_ld.find),
    ("microdata", microdata.find),
    ("rdfa", rdfa.find),
    ("open-graph", open_graph.find),
    ("data-json", data_json.find),
    ("inline-json", inline_json.find),
    ("network", network.find),
)
