"""The texts of the shop's product pages: markup, styles, scripts and what these ask for."""

from __future__ import annotations

import json
from dataclasses import dataclass

WIDTHS = (400, 800, 1200)
PICTURES = 30
#: Of thirty pictures: those of the gallery, the backgrounds and the details; the rest is related.
SHARES = (8, 3, 7)


@dataclass(frozen=True)
class Kind:
    """What pages are like: pictures on each, and megabytes of script and of markup besides."""

    pictures: int = PICTURES
    filler: float = 0.0

    @property
    def elements(self) -> int:
        """<img> in the scrolled document: the logo is one, a background none."""
        return self.pictures - len(self.groups(0)[1]) + 1

    def groups(self, page: int) -> list[list[int]]:
        """The numbers of the gallery's pictures, the backgrounds, the details and the related."""
        first, groups = page * self.pictures, []
        last = first + self.pictures
        for share in SHARES:
            size = round(self.pictures * share / PICTURES)
            groups.append(list(range(first, first + size)))
            first += size
        return [*groups, list(range(first, last))]


USUAL = Kind()


def texts(pages: int, kind: Kind) -> dict[str, tuple[str, bytes]]:
    """Media type and body by path."""
    answers = {
        "/robots.txt": ("text/plain", "User-agent: *\nAllow: /\n"),
        "/shop.css": ("text/css", _CSS),
        "/vendor.js": ("text/javascript", _vendor(kind.filler)),
        "/shop.js": ("text/javascript", _SCRIPT),
        "/logo.svg": ("image/svg+xml", _LOGO),
    }
    for page in range(pages):
        groups = kind.groups(page)
        answers[f"/products/{page}"] = ("text/html; charset=utf-8", _page(page, kind))
        answers[f"/api/gallery/{page}.json"] = ("application/json", json.dumps(groups[0]))
        answers[f"/api/related/{page}.json"] = ("application/json", json.dumps(groups[3]))
    return {path: (form, text.encode()) for path, (form, text) in answers.items()}


def _page(page: int, kind: Kind) -> str:
    gallery, backgrounds, details, _ = kind.groups(page)
    lazy = "".join(
        f'<section><h2>Detail {n}</h2><img class="lazy" alt="Detail {n}" width="800" height="800" '
        f'src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/media/{n}-800.jpg" '
        f'data-srcset="{_srcset(n)}" sizes="50vw"><p>{_TEXT}</p></section>'
        for n in details
    )
    drawn = "".join(
        f"<div class=band style=\"background-image:url('/media/{n}-1200.jpg')\"></div>"
        for n in backgrounds
    )
    return f"""<!doctype html><html lang="en"><head><title>Product {page}</title>
<meta property="og:image" content="/media/{gallery[0]}-1200.jpg">
<link rel="stylesheet" href="/shop.css"><script src="/vendor.js" defer></script>
<script src="/shop.js" defer></script></head><body data-product="{page}">
<header><img src="/logo.svg" alt="Shop" width="90" height="30"></header>
<main><h1>Product {page}</h1><div id="gallery"></div><p>{_TEXT}</p></main>
{drawn}<div id="details">{lazy}</div><h2>You may also like</h2><div id="related"></div>
{_markup(kind.filler)}<footer><p>{_TEXT}</p></footer></body></html>"""


def _markup(megabytes: float) -> str:
    """So much text in as many elements as reviews have for it, in a box that scrolls."""
    each = f"<article><h3>Review</h3><p>{_TEXT}</p></article>"
    reviews = each * round(megabytes * 1e6 / len(each))
    return f'<section style="max-height: 9000px; overflow: auto">{reviews}</section>'


def _vendor(megabytes: float) -> str:
    """Functions to parse; 9,000 of them at least."""
    count = max(9000, round(megabytes * 1e6 / 14))
    return "window.__vendor = [" + ",".join(f"() => {n} * 3" for n in range(count)) + "];"


def _srcset(number: int) -> str:
    return ", ".join(f"/media/{number}-{width}.jpg {width}w" for width in WIDTHS)


_TEXT = "Made to last, from materials that we name, by people whom we pay for it. " * 12
_LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><circle r="9"/></svg>'
_CSS = """body { margin: 0 auto; max-width: 1400px; font: 16px/1.5 sans-serif }
#gallery { display: grid; grid-template-columns: 1fr 1fr; gap: 8px }
#related { display: grid; grid-template-columns: repeat(4, 1fr); min-height: 900px }
img { max-width: 100%; height: auto } .band { height: 420px; background-size: cover }"""
_SCRIPT = """
const srcset = n => [400, 800, 1200].map(w => `/media/${n}-${w}.jpg ${w}w`).join(', ');
const show = (box, n, side, loading) => {
  const image = new Image(side, side);
  Object.assign(image, { loading, sizes: `${side}px`, alt: `Picture ${n}`, srcset: srcset(n) });
  image.src = `/media/${n}-800.jpg`;
  box.append(image);
};
const product = document.body.dataset.product;
const numbers = async kind => (await fetch(`/api/${kind}/${product}.json`)).json();
const gallery = document.querySelector('#gallery'), related = document.querySelector('#related');
numbers('gallery').then(all => all.forEach((n, i) =>
  show(gallery, n, 690, i < 2 ? 'eager' : 'lazy')));
const showRelated = async () =>
  (await numbers('related')).forEach(n => show(related, n, 340, 'lazy'));
const seen = new IntersectionObserver(all => all.filter(e => e.isIntersecting).forEach(e => {
  seen.unobserve(e.target);
  if (e.target === related) showRelated();
  else { e.target.srcset = e.target.dataset.srcset; e.target.src = e.target.dataset.src; }
}), { rootMargin: '200px' });
document.querySelectorAll('img.lazy').forEach(image => seen.observe(image));
seen.observe(related);
"""
