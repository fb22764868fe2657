"""Every picture by name, and how to draw its master."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from drawing import (
    backpack,
    backpack_views,
    forest,
    graphics,
    interiors,
    kitchen,
    lake,
    lamp,
    mug,
    sneaker,
    street,
    watch,
)
from PIL import Image

DYES = {"forest": "#2f4f3e", "ocean": "#27496d", "rust": "#a8431f"}
KNITS = {
    "sand": ("#c8b28c", "#8d6f4a"),
    "moss": ("#6d7f63", "#3d4a3a"),
    "slate": ("#7d8794", "#39414d"),
}

PICTURES: dict[str, Callable[[], Image.Image]] = {
    **{f"backpack-front-{name}": partial(backpack.front, dye) for name, dye in DYES.items()},
    "backpack-side-forest": partial(backpack_views.side, DYES["forest"]),
    "backpack-back-forest": partial(backpack_views.back, DYES["forest"]),
    "backpack-detail-forest": partial(backpack_views.detail, DYES["forest"]),
    "mug-front": mug.front,
    "mug-top": mug.top,
    "mug-detail": mug.detail,
    "mug-pair": mug.pair,
    **{f"sneaker-side-{name}": partial(sneaker.side, *dyes) for name, dyes in KNITS.items()},
    "sneaker-top-sand": partial(sneaker.top, *KNITS["sand"]),
    "sneaker-sole": partial(sneaker.sole, "#c8602b"),
    "lamp-front": lamp.front,
    "lamp-tilted": lamp.tilted,
    "lamp-detail": lamp.detail,
    "watch-front": watch.front,
    "lake-at-dawn": lake.lake_at_dawn,
    "ledge-at-sunset": lake.ledge_at_sunset,
    "forest-trail": forest.forest_trail,
    "desk-by-window": interiors.desk_by_window,
    "bedside-at-night": interiors.bedside_at_night,
    "kitchen-table": kitchen.kitchen_table,
    "street-at-dusk": street.street_at_dusk,
    **{f"swatch-{name}": partial(graphics.swatch, dye) for name, dye in DYES.items()},
    **{f"swatch-{name}": partial(graphics.swatch, dye) for name, (dye, _) in KNITS.items()},
    "logo": graphics.logo,
    "badges": graphics.badges,
    "rating": graphics.rating,
    "sale-banner": graphics.sale_banner,
    "lookbook-banner": graphics.lookbook_banner,
    "sizing": graphics.sizing,
}
