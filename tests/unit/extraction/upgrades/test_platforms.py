"""Addresses of each platform, as shops have them, and the largest of the same picture."""

from __future__ import annotations

import pytest

from imagecrawler.extraction.upgrades import larger_address

HASH = "9df78eab33525d08d6e5fb8d27136e95"
SHOPIFY = "https://cdn.shopify.com/s/files/1/0001/0002/products/tea-pot"
AMAZON = "https://m.media-amazon.com/images/I/71K7fO4XKxL"
CLOUDINARY = "https://res.cloudinary.com/demo/image/upload"
LIMIT = "c_limit,h_2048,w_2048"
SCENE7 = "https://s7d2.scene7.com/is/image/Shop/1234_red"
SCENE7_LARGE = "wid=2000&hei=2000&fit=constrain,0"
MAGENTO = "https://shop.example/media/catalog/product"
WIX = "https://static.wixstatic.com/media/a1b2_c3d4~mv2.jpg"
DW = "https://shop.example/dw/image/v2/AAQX_PRD/on/demandware.static/-/Sites-cat/default/dw0cb/pot.jpg"

LARGER = [
    # Shopify
    (f"{SHOPIFY}_800x.jpg?v=1612345678", f"{SHOPIFY}.jpg?v=1612345678&width=2048"),
    (f"{SHOPIFY}_400x400_crop_center@2x.jpg?v=1", f"{SHOPIFY}.jpg?v=1&width=2048"),
    (f"{SHOPIFY}_x600.progressive.jpg", f"{SHOPIFY}.jpg?width=2048"),
    (f"{SHOPIFY}_grande.png", f"{SHOPIFY}.png?width=2048"),
    (f"{SHOPIFY}.jpg?v=1&width=533", f"{SHOPIFY}.jpg?v=1&width=2048"),
    (
        "https://shop.example/cdn/shop/files/a.jpg?crop=center&height=300&v=17&width=300",
        "https://shop.example/cdn/shop/files/a.jpg?v=17&width=2048",
    ),
    # Cloudinary
    (f"{CLOUDINARY}/w_400,h_300,c_fill/v12/pot.jpg", f"{CLOUDINARY}/{LIMIT}/v12/pot.jpg"),
    (f"{CLOUDINARY}/c_pad,b_white,w_300/q_auto,f_auto/pot", f"{CLOUDINARY}/{LIMIT}/pot"),
    (
        f"{CLOUDINARY[:-6]}fetch/w_200,f_auto/https://shop.example/a.jpg",
        f"{CLOUDINARY[:-6]}fetch/{LIMIT}/https://shop.example/a.jpg",
    ),
    (
        "https://img.shop.example/images/w_600,f_auto,q_auto/ab12/pot.jpg",
        f"https://img.shop.example/images/{LIMIT}/ab12/pot.jpg",
    ),
    # imgix and those who speak like it
    ("https://shop.imgix.net/a.jpg?w=300&h=300&fit=crop&auto=format",
     "https://shop.imgix.net/a.jpg?auto=format&w=2048&fit=max"),
    ("https://images.prismic.io/shop/a.png?auto=compress&w=640",
     "https://images.prismic.io/shop/a.png?auto=compress&w=2048&fit=max"),
    ("https://cdn.sanity.io/images/p1/production/ab12-3000x2000.jpg?w=600&q=80",
     "https://cdn.sanity.io/images/p1/production/ab12-3000x2000.jpg?w=2048&fit=max"),
    ("https://images.ctfassets.net/s/1/2/a.jpg?w=400&h=300&fit=thumb&fm=webp",
     "https://images.ctfassets.net/s/1/2/a.jpg?fm=webp&w=2048"),
    ("https://ik.imagekit.io/shop/tr:w-400,h-300/a.jpg",
     "https://ik.imagekit.io/shop/a.jpg?tr=w-2048,c-at_max"),
    ("https://ik.imagekit.io/shop/a.jpg?tr=w-400:q-80",
     "https://ik.imagekit.io/shop/a.jpg?tr=w-2048,c-at_max"),
    ("https://shop.twic.pics/a.jpg?twic=v1/cover=400x400/quality=80",
     "https://shop.twic.pics/a.jpg?twic=v1/contain-max=2048x2048"),
    ("https://a.storyblok.com/f/1/3000x2000/ab/pot.jpg/m/400x0/filters:quality(80)",
     "https://a.storyblok.com/f/1/3000x2000/ab/pot.jpg"),
    ("https://lh3.googleusercontent.com/AbC-dEf=w500-h500-rw",
     "https://lh3.googleusercontent.com/AbC-dEf=s2048"),
    # Amazon
    (f"{AMAZON}._AC_SX466_.jpg", f"{AMAZON}.jpg"),
    (f"{AMAZON}._AC_UL320_SR320,320_.jpg", f"{AMAZON}.jpg"),
    (
        "https://images-na.ssl-images-amazon.com/images/I/71%2BzwBcbc3L._SL256_.jpg",
        "https://images-na.ssl-images-amazon.com/images/I/71%2BzwBcbc3L.jpg",
    ),
    # eBay, Etsy, Alibaba, DHgate, Walmart, Best Buy
    ("http://i.ebayimg.com/images/g/6CIAAOSw5dNWppqk/s-l500.jpg",
     "http://i.ebayimg.com/images/g/6CIAAOSw5dNWppqk/s-l1600.jpg"),
    ("https://i.ebayimg.com/thumbs/images/g/6CIA/s-l225.webp",
     "https://i.ebayimg.com/images/g/6CIA/s-l1600.webp"),
    ("https://i.etsystatic.com/1254/r/il/ab12/1036830842/il_340x270.1036830842_dxnc.jpg",
     "https://i.etsystatic.com/1254/r/il/ab12/1036830842/il_fullxfull.1036830842_dxnc.jpg"),
    ("https://i.etsystatic.com/1/c/1000/800/10/20/il/ab/9/il_680x540.9_x.jpg",
     "https://i.etsystatic.com/1/il/ab/9/il_fullxfull.9_x.jpg"),
    ("https://ae01.alicdn.com/kf/HTB1uZ45K/pot.jpg_220x220q90.jpg_.webp",
     "https://ae01.alicdn.com/kf/HTB1uZ45K/pot.jpg"),
    ("https://img4.dhresource.com/webp/m/260x260/f3/albu/pot.jpg",
     "https://img4.dhresource.com/webp/m/0x0/f3/albu/pot.jpg"),
    ("https://i5.walmartimages.com/seo/pot.jpeg?odnHeight=612&odnWidth=612&odnBg=FFFFFF",
     "https://i5.walmartimages.com/seo/pot.jpeg"),
    ("https://pisces.bbystatic.com/image2/products/1.jpg;maxHeight=640;maxWidth=550",
     "https://pisces.bbystatic.com/image2/products/1.jpg"),
    # WordPress
    ("https://shop.example/wp-content/uploads/2020/01/pot-300x300.jpg",
     "https://shop.example/wp-content/uploads/2020/01/pot.jpg"),
    ("https://i0.wp.com/shop.example/wp-content/uploads/pot-300x300.jpg?resize=300%2C300&ssl=1",
     "https://i0.wp.com/shop.example/wp-content/uploads/pot.jpg?ssl=1"),
    ("https://shop.files.wordpress.com/2020/01/pot.jpg?w=300&h=200&crop=1",
     "https://shop.files.wordpress.com/2020/01/pot.jpg"),
    # Magento
    (f"{MAGENTO}/cache/{HASH}/p/o/pot.jpg", f"{MAGENTO}/p/o/pot.jpg"),
    (f"{MAGENTO}/cache/1/small_image/210x/{HASH}/p/o/pot.jpg", f"{MAGENTO}/p/o/pot.jpg"),
    (f"{MAGENTO}/cache/1/image/500x500/{HASH}/p/o/pot.jpg?width=400", f"{MAGENTO}/p/o/pot.jpg"),
    # Wix, Squarespace, BigCommerce, PrestaShop, OpenCart, Shopware
    (f"{WIX}/v1/fill/w_400,h_400,al_c,q_80,usm_0.66/pot.jpg", WIX),
    (f"{WIX}/v1/fit/w_500,h_500,q_90/file.jpg", WIX),
    ("https://images.squarespace-cdn.com/content/v1/5b/1-AB/pot.jpg?format=500w",
     "https://images.squarespace-cdn.com/content/v1/5b/1-AB/pot.jpg?format=2500w"),
    ("https://cdn11.bigcommerce.com/s-ab/images/stencil/500x659/products/1/2/pot.jpg?c=2",
     "https://cdn11.bigcommerce.com/s-ab/images/stencil/original/products/1/2/pot.jpg?c=2"),
    ("https://cdn11.bigcommerce.com/s-ab/images/stencil/{:size}/products/1/2/pot.jpg",
     "https://cdn11.bigcommerce.com/s-ab/images/stencil/original/products/1/2/pot.jpg"),
    ("https://shop.example/123-home_default/pot.jpg", "https://shop.example/123/pot.jpg"),
    ("https://shop.example/image/cache/catalog/pot-500x500.jpg",
     "https://shop.example/image/catalog/pot.jpg"),
    ("https://shop.example/thumbnail/ab/12/cd/17/pot_800x800.jpg",
     "https://shop.example/media/ab/12/cd/17/pot.jpg"),
    # Salesforce, Scene7, Experience Manager
    (f"{DW}?sw=400&sh=400&sm=fit", DW),
    (f"{DW}?sw=60&sfrm=jpg", DW),
    (f"{SCENE7}?wid=400&hei=400&fmt=webp&qlt=80", f"{SCENE7}?fmt=webp&{SCENE7_LARGE}"),
    (f"{SCENE7}?$pdp_main$", f"{SCENE7}?{SCENE7_LARGE}"),
    ("https://shop.example/content/dam/a.jpg/jcr:content/renditions/cq5dam.thumbnail.319.319.png",
     "https://shop.example/content/dam/a.jpg/jcr:content/renditions/cq5dam.web.1280.1280.jpeg"),
    # Resizers on any host
    ("https://shop.example/_next/image?url=%2Fimg%2Fpot.jpg%3Fx%3D1&w=640&q=75",
     "https://shop.example/img/pot.jpg?x=1"),
    (
        "https://shop.example/_next/image?url=https%3A%2F%2Fcdn.shopify.com%2Fs%2Ffiles%2F1%2F"
        "products%2Fpot_400x.jpg%3Fv%3D1&w=640&q=75",
        "https://cdn.shopify.com/s/files/1/products/pot.jpg?v=1&width=2048",
    ),
    ("https://shop.example/_vercel/image?url=/pot.jpg&w=640&q=75", "https://shop.example/pot.jpg"),
    ("https://shop.example/.netlify/images?url=/pot.jpg&w=640", "https://shop.example/pot.jpg"),
    ("https://shop.example/_ipx/w_400,f_webp/https:/cdn.example/pot.jpg",
     "https://cdn.example/pot.jpg"),
    ("https://shop.example/_ipx/f_webp&s_200x200/img/pot.jpg", "https://shop.example/img/pot.jpg"),
    ("https://shop.example/cdn-cgi/image/width=400,quality=75,format=auto/img/pot.jpg",
     "https://shop.example/cdn-cgi/image/format=auto,width=2048,fit=scale-down/img/pot.jpg"),
    ("https://shop.example/pot.jpg?imwidth=480", "https://shop.example/pot.jpg?imwidth=2048"),
    ("https://shop.example/pot.jpg?im=Resize,width=480", "https://shop.example/pot.jpg?imwidth=2048"),
    ("https://shop.example/pot.jpg?width=400&height=400&fit=bounds&quality=80",
     "https://shop.example/pot.jpg"),
    ("https://shop.example/pot.jpg?w=60&h=90&crop=pad&pad_color=FFF&dpr=2&v=3",
     "https://shop.example/pot.jpg?v=3"),
]  # fmt: skip

UNTOUCHED = [
    # the largest already
    f"{SHOPIFY}.jpg?v=1&width=2048",
    f"{CLOUDINARY}/v12/pot.jpg",
    f"{AMAZON}.jpg",
    f"{MAGENTO}/p/o/pot.jpg",
    WIX,
    "https://i.ebayimg.com/images/g/6CIA/s-l1600.jpg",
    # of no platform, whatever their names
    "https://shop.example/img/pot-300x300.jpg",
    "https://shop.example/img/pot_800x.jpg",
    "https://shop.example/img/small/pot.jpg",
    "https://shop.example/img/pot.jpg?v=12345678",
    "https://shop.example/image.php?id=7&w=100",
    "https://shop.example/pot.jpg?w=100&rotate=90",
    "https://shop.example/cache/pot.jpg",
    "https://shop.example/photos/w_shirt,red_front/a.jpg",
    "https://lookalike.example/cdn.shopify.com/pot_800x.jpg",
    # words that products go by, too
    f"{SHOPIFY}_small.jpg?width=2048",
    # more than a size
    f"{CLOUDINARY}/t_pdp_thumb/pot.jpg",
    f"{CLOUDINARY}/w_400,e_grayscale/pot.jpg",
    f"{CLOUDINARY}/c_crop,x_10,y_10,w_400,h_400/pot.jpg",
    f"{CLOUDINARY}/w_400/l_badge,g_north_east/pot.jpg",
    f"{SCENE7}?wid=400&layer=1&src=badge",
    f"{DW}?cx=10&cy=10&cw=100&ch=100&sw=100",
    f"{WIX}/v1/crop/x_1,y_2,w_300,h_300/fill/w_100,h_100/pot.jpg",
    "https://ik.imagekit.io/shop/tr:w-400,e-grayscale/a.jpg",
    "https://shop.twic.pics/a.jpg?twic=v1/cover=400x400/turn=left",
    "https://shop.example/pot.jpg?im=Crop,width=10;Resize,width=480",
    # proxies of nothing that can be fetched
    "https://shop.example/_next/image?w=640&q=75",
    "https://shop.example/_next/image?url=data%3Aimage%2Fpng%3Bbase64%2CAAAA&w=640",
    "https://shop.example/_next/image?url=https%3A%2F%2F%5B&w=640",
]  # fmt: skip

SIGNED = [
    f"{CLOUDINARY}/s--AbCdEfGh--/w_400,c_fill/v12/pot.jpg",
    "https://shop.imgix.net/a.jpg?w=300&s=0123456789abcdef0123456789abcdef",
    "https://bucket.s3.amazonaws.com/a.jpg?width=4&X-Amz-Signature=ab&X-Amz-Expires=300",
    "https://d1.cloudfront.net/a.jpg?width=400&Expires=1&Signature=ab&Key-Pair-Id=K1",
    "https://d1.cloudfront.net/a.jpg?width=400&Policy=eyJ",
    "https://storage.googleapis.com/b/a.jpg?w=9&X-Goog-Signature=ab",
    "https://shop.example/cdn/shop/files/a.jpg?width=400&token=ab12",
    "https://shop.example/a.jpg?width=400&hmac=ab12",
    "https://shop.example/a.jpg?width=400&expires=1700000000",
    "https://shop.example/a.jpg?width=400&sig=ab12",
    "https://shop.example/a.jpg?width=400&hdnts=exp=1~hmac=ab",
    "https://ik.imagekit.io/shop/a.jpg?tr=w-400&ik-s=ab12",
    "https://shop.example/_next/image?url=https%3A%2F%2Fb.example%2Fa.jpg%3FSignature%3Dab&w=640",
    f"{MAGENTO}/cache/{HASH}/p/o/pot.jpg?signature=ab",
    "https://shop.example/wp-content/uploads/pot-300x300.jpg?verify=ab",
]


@pytest.mark.parametrize(("url", "larger"), LARGER)
def test_the_largest_address(url: str, larger: str) -> None:
    assert larger_address(url) == larger
    assert larger_address(larger) is None


@pytest.mark.parametrize("url", UNTOUCHED)
def test_what_stays_as_it_is(url: str) -> None:
    assert larger_address(url) is None


@pytest.mark.parametrize("url", SIGNED)
def test_signed_addresses_stay(url: str) -> None:
    assert larger_address(url) is None
