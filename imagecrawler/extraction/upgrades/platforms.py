"""The platforms, in order. A new one is one function and one line here.

Those with hosts of their own come first, those that any host may run after them. A platform is
asked only about addresses that hold its mark: pages have thousands of addresses. A mark with ``=``
is looked for in the query, one that ends in ``?`` at the end of the path, any other in the
directory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from imagecrawler.extraction.upgrades import marketplaces, proxies, services, shops
from imagecrawler.extraction.upgrades.address import Address, Larger

Platform = Callable[[Address], Larger | None]

PLATFORMS: tuple[tuple[str, Platform], ...] = (
    ("-amazon.com/images/", marketplaces.amazon),
    (".ebayimg.com/", marketplaces.ebay),
    (".etsystatic.com/", marketplaces.etsy),
    (".alicdn.com/", marketplaces.alibaba),
    (".aliexpress-media.com/", marketplaces.alibaba),
    (".dhresource.com/", marketplaces.dhgate),
    (".walmartimages.com/", marketplaces.walmart),
    ("://pisces.bbystatic.com/", marketplaces.best_buy),
    ("://static.wixstatic.com/", shops.wix),
    ("://images.squarespace-cdn.com/", shops.squarespace),
    ("://static1.squarespace.com/", shops.squarespace),
    (".imgix.net/", services.imgix),
    ("://images.prismic.io/", services.imgix),
    ("://images.unsplash.com/", services.imgix),
    ("://cdn.sanity.io/", services.sanity),
    ("://images.ctfassets.net/", services.contentful),
    ("://images.contentful.com/", services.contentful),
    ("://ik.imagekit.io/", services.imagekit),
    (".storyblok.com/", services.storyblok),
    (".googleusercontent.com/", services.google),
    ("/_next/image?", proxies.framework),
    ("/_vercel/image?", proxies.framework),
    ("/.netlify/images?", proxies.framework),
    ("/_image?", proxies.framework),
    ("/_ipx/", proxies.framework),
    ("/cdn-cgi/image/", proxies.cloudflare),
    ("/is/image/", proxies.dynamic_media),
    ("/renditions/", proxies.experience_manager),
    ("/image/upload/", services.cloudinary),
    ("/image/fetch/", services.cloudinary),
    ("twic=", services.twicpics),
    ("://cdn.shopify.com/", shops.shopify),
    ("/cdn/shop/", shops.shopify),
    (".wp.com/", shops.photon),
    (".files.wordpress.com/", shops.photon),
    ("/wp-content/uploads/", shops.wordpress),
    ("/catalog/product/cache/", shops.magento),
    ("/images/stencil/", shops.bigcommerce),
    ("/dw/image/v2/", shops.demandware),
    ("_default", shops.prestashop),
    ("/image/cache/", shops.opencart),
    ("/thumbnail/", shops.shopware),
    ("imwidth=", proxies.akamai),
    ("im=", proxies.akamai),
    ("/w_", services.cloudinary_elsewhere),
    (",w_", services.cloudinary_elsewhere),
    ("/h_", services.cloudinary_elsewhere),
    ("width=", services.resized_file),
    ("height=", services.resized_file),
    ("?w=", services.resized_file),
    ("&w=", services.resized_file),
    ("?h=", services.resized_file),
    ("&h=", services.resized_file),
)

Marked = tuple[int, str, Platform]

_MARKED: tuple[Marked, ...] = tuple(
    (rank, mark, platform) for rank, (mark, platform) in enumerate(PLATFORMS)
)
_OF_QUERIES = tuple(each for each in _MARKED if "=" in each[1])
_OF_ROUTES = tuple(each for each in _MARKED if each[1].endswith("?"))
_OF_PLACES = tuple(each for each in _MARKED if each not in (*_OF_QUERIES, *_OF_ROUTES))
_ROUTES = tuple(mark[:-1] for _, mark, _ in _OF_ROUTES)


def platforms_of(url: str) -> tuple[Platform, ...]:
    """Those whose mark the address holds, in their order."""
    place, asks, query = url.partition("?")
    asked: tuple[Marked, ...] = _in_query(query) if asks else ()
    if asks and place.endswith(_ROUTES):
        asked = (*asked, *_OF_ROUTES)  # whose platforms look closer themselves
    return _in_order(place[: place.rfind("/") + 1], asked)


# A page has thousands of addresses and a handful of directories and queries.
@lru_cache(1_024)
def _in_order(directory: str, asked: tuple[Marked, ...]) -> tuple[Platform, ...]:
    held = [each for each in _OF_PLACES if each[1] in directory]
    return tuple([platform for _, _, platform in sorted((*held, *asked))])


@lru_cache(1_024)
def _in_query(query: str) -> tuple[Marked, ...]:
    asked = f"?{query}"
    return tuple(each for each in _OF_QUERIES if each[1] in asked)
