"""Every place of a page that may name a picture, as a real Chromium shows it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from random import Random

from playwright.async_api import Page

from imagecrawler.budget import Budget
from imagecrawler.extraction import extract, needs_images
from imagecrawler.items import Element, ImageCandidate, ItemProperty
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.render import Rendered, render

Visit = Callable[..., Awaitable[Rendered]]

NOISE = b"\xff\xd8\xff\xe0" + Random(5).randbytes(6_000)
DATA = "data:image/jpeg;base64," + b64encode(NOISE).decode()


def _candidates(rendered: Rendered) -> dict[str, ImageCandidate]:
    """By the last part of the best address."""
    return {each.url.rpartition("/")[2]: each for each in extract(rendered.snapshot)}


def _elements(rendered: Rendered) -> dict[str, Element]:
    return {each.path.rpartition(">")[2]: each for each in rendered.snapshot.elements}


async def test_markup_beside_img(visit: Visit) -> None:
    rendered = await visit(
        """<main>
        <div id=set style="width:300px;height:200px;background:
          image-set(url(a.jpg) 1x, url('b(,) c.jpg') 2x type('image/jpeg')),
          linear-gradient(rgb(1,2,3), red), url(pattern.png)"></div>
        <style>#before::before {content: url(content.jpg)}</style><p id=before></p>
        <svg width=200 height=200><image xlink:href="svg.jpg" width=200 height=200></image></svg>
        <object data="object.jpg" type="image/jpeg" width=100 height=100></object>
        <embed src="embed.png"><input type=image src=input.png>
        <a href="large.jpg">Larger</a><button data-zoom-image="/zoomed.jpg">o</button>
        <a href="manual.pdf">Manual</a>
        <div><img src="data:," id=lazy width=300 height=300>
        <noscript><img src=real.jpg alt="In words"></noscript></div></main>"""
    )
    sets = _elements(rendered)["div#set"].backgrounds
    assert [each.count("/") for each in sets] == [6, 3]
    found = _candidates(rendered)
    assert found["b(,)%20c.jpg"].sources == ("css-background",)
    assert len(found["b(,)%20c.jpg"].versions) == 2
    assert {name: each.sources[-1] for name, each in found.items()} == {
        "b(,)%20c.jpg": "css-background", "pattern.png": "css-background",
        "content.jpg": "css-background", "svg.jpg": "svg-image", "object.jpg": "plugin",
        "embed.png": "plugin", "input.png": "img", "large.jpg": "zoom-link",
        "zoomed.jpg": "lazy", "real.jpg": "noscript",
    }  # fmt: skip
    assert (found["real.jpg"].rect or Element).width == 300
    assert found["large.jpg"].rect is None


async def test_the_box_of_what_is_as_wide_as_it_happens_to_be(visit: Visit) -> None:
    rendered = await visit(
        """<!doctype html><style>div {width: 800px; height: 600px} img {height: 100%}
          section {position: relative} section img {position: absolute} p {width: 300px}</style>
        <div><img id=high src=a.jpg alt=Mug></div>
        <div><section style="height: 500px"><img id=free src=b.jpg alt=Mug></section></div>
        <div><img id=block style="display: block" src=c.jpg alt=Mug></div>
        <div><img id=wide style="width: 100%; height: auto" src=d.jpg alt=Mug></div>
        <div><img id=both style="width: 50%" src=e.jpg alt=Mug></div>
        <div><img id=known style="aspect-ratio: 1/2" src=f.jpg alt=Mug></div>
        <p><img id=vague src=g.jpg alt="A mug of stoneware with a long name, glazed by hand"></p>
        <div><img id=hidden style="display: none; height: 300px" src=h.jpg alt=Mug></div>"""
    )
    boxes = {
        name.removeprefix("img#"): (each.rect.width, each.rect.height)
        for name, each in _elements(rendered).items()
    }
    assert boxes["high"] == (600, 600)
    assert boxes["free"] == (500, 500)
    assert boxes["block"] == (800, 600)
    assert boxes["both"] == (400, 600)
    assert boxes["known"] == (300, 600)
    assert boxes["hidden"] == (0, 0)
    assert boxes["wide"][0] == 800
    assert max(boxes["wide"][1], boxes["vague"][1]) < 60


async def test_images_without_a_box_cost_nothing_else(visit: Visit) -> None:
    rendered = await visit(
        """<!doctype html><p><img id=first src=a.jpg></p>
        <x-card><template shadowrootmode=open><p>Card</p></template><img src=b.jpg></x-card>
        <canvas><img src=c.jpg></canvas><object><img src=d.jpg></object>"""
    )
    assert _elements(rendered)["img#first"].rect.is_placed
    assert not any("style" in each.attributes for each in rendered.snapshot.elements)


async def test_what_fades_in_once_it_is_loaded_is_visible(visit: Visit) -> None:
    rendered = await visit(
        """<!doctype html><style>img {width: 300px; height: 300px}</style>
        <img id=fading style="opacity: 0" src=a.jpg>
        <div style="opacity: 0"><img id=slide src=b.jpg></div>
        <img id=hidden style="opacity: 0; visibility: hidden" src=c.jpg>"""
    )
    visible = {name: each.visible for name, each in _elements(rendered).items()}
    assert visible == {"img#fading": True, "img#slide": False, "img#hidden": False}


async def test_microdata_and_rdfa(visit: Visit) -> None:
    rendered = await visit(
        """<div itemscope itemtype="https://schema.org/Product"><img itemprop=image src=a.jpg>
        <div itemprop=brand itemscope itemtype="https://schema.org/Brand">
          <meta itemprop=image content=brand.jpg></div></div>
        <div vocab="https://schema.org/" typeof=Product><a property=image href=b.jpg>b</a></div>"""
    )
    product, brand = "https://schema.org/Product", "https://schema.org/Brand"
    plain = [(each.syntax, each.url, each.names, each.types) for each in _properties(rendered)]
    assert plain == [
        ("microdata", "a.jpg", ("image",), (product,)),
        ("microdata", "brand.jpg", ("image", "brand"), (brand, product)),
        ("rdfa", "b.jpg", ("image",), ("Product",)),
    ]
    sources = {name: each.sources for name, each in _candidates(rendered).items()}
    assert sources["a.jpg"] == ("img", "microdata")
    assert sources["b.jpg"] == ("zoom-link", "rdfa")
    assert "brand.jpg" not in sources


def _properties(rendered: Rendered) -> tuple[ItemProperty, ...]:
    return rendered.snapshot.properties


async def test_state_in_scripts(visit: Visit) -> None:
    rendered = await visit(
        """<h1>Mug</h1><script id=__NEXT_DATA__ type="application/json">
        {"product": {"images": ["/img/a.jpg"]}, "related": [{"image": "/img/r.jpg"}]}</script>
        <script>window.state = {"gallery": [{"src": "/img/b.jpg"}]};</script>
        <script>let other = {"a": [1, 2, 3]};</script>
        <form data-product_variations='[{"image": {"src": "/img/c.jpg"}}]'></form>"""
    )
    assert [each.type for each in rendered.snapshot.scripts] == ["application/json", ""]
    found = _candidates(rendered)
    assert set(found) == {"a.jpg", "b.jpg", "c.jpg"}
    assert "product" in found["a.jpg"].containers
    assert found["a.jpg"].path.startswith("script#__NEXT_DATA__ ")


async def test_state_that_scripts_have_fetched(visit: Visit) -> None:
    rendered = await visit(
        """<h1>Sand \"Mug\"</h1><img src=/img/a.jpg width=300 height=300>
        <select><option>Sand</option><option>Moss</option></select><script>
        for (const name of ['product', 'reviews', 'ads', 'broken']) fetch(`/api/${name}.json`);
        </script>""",
        {
            "/api/product.json": r"""{"name": "Sand \"mug\"", "colours": [
              {"name": "Sand", "image": "/img/a.jpg"}, {"name": "Moss", "image": "/img/b.jpg"}],
              "related": [{"name": "Lamp", "price": 9, "image": "/img/lamp.jpg"}]}""",
            "/api/reviews.json": r"""{"of": "Sand \"Mug\"", "photo": "/img/review.jpg"}""",
            "/api/ads.json": '{"image": "/img/ad.jpg"}',
            "/api/broken.json": '{"image": "/img/broken.jpg", "name": "Sand',
        },
    )
    found = _candidates(rendered)
    assert {name: each.sources for name, each in found.items()} == {
        "a.jpg": ("img", "inline-json"),
        "b.jpg": ("inline-json",),
    }
    assert found["b.jpg"].path.endswith("/api/product.json api/product.json.colours")


async def test_pictures_that_are_part_of_the_page(visit: Visit) -> None:
    rendered = await visit(
        f"""<img src="{DATA}" width=300 height=300 alt=inside><div id=back
        style="width:200px;height:200px;background:url('{DATA}')"></div>
        <img id=made width=300 height=300><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
        <script>fetch(document.images[0].src).then((answer) => answer.blob()).then((blob) => {{
          document.querySelector('#made').src = URL.createObjectURL(blob); }})</script>"""
    )
    address = f"{rendered.snapshot.url}#image-{sha256(NOISE).hexdigest()[:32]}"
    assert rendered.snapshot.embedded == {address: NOISE}
    [candidate] = extract(rendered.snapshot)
    assert candidate.url == address
    paths = [origin.path.rpartition(">")[2] for origin in candidate.origins]
    assert paths == ["img:nth-of-type(1)", "div#back", "img#made"]


async def test_frames_of_this_site_and_of_others(
    page: Page, activity: Activity, serve: Callable[..., str]
) -> None:
    inner = """<body style="margin:0"><div style="height:50px"></div>
        <img src="view.jpg" width=300 height=300><h2>Views</h2><div style="height:3000px"></div>
        <iframe src="/deeper.html" width=200 height=200></iframe>"""
    deeper = '<body style="margin:0"><img src="deep.jpg" width=150 height=150>'
    url = serve("", {"/inner.html": inner, "/deeper.html": deeper})
    other = url.replace("127.0.0.1", "localhost")
    serve(
        f"""<body style="margin:0"><section class=gallery>
        <iframe src="{other}inner.html" width=500 height=400
          style="display:block;border:10px solid"></iframe>
        <iframe src="/inner.html" width=500 height=400 style="display:block;border:0"></iframe>
        <iframe src="/inner.html" width=1 height=1></iframe></section>"""
    )
    await page.goto(url, wait_until="commit")
    rendered = await render(page, activity, Budget(20))
    assert [each.url for each in rendered.snapshot.frames] == [
        other + "inner.html", url + "inner.html", other + "deeper.html", url + "deeper.html",
    ]  # fmt: skip
    candidates = {each.url: each for each in extract(rendered.snapshot)}
    foreign, own = candidates[other + "view.jpg"], candidates[url + "view.jpg"]
    assert foreign.rect is not None
    assert (foreign.rect.x, foreign.rect.y, foreign.rect.width) == (10, 60, 300)
    assert own.rect is not None
    assert (own.rect.x, own.rect.y) == (0, 470)
    assert "gallery" in own.containers
    assert ">>" in own.path
    assert own.heading == "Views"
    assert url + "deep.jpg" in candidates


async def test_what_is_covered_and_what_was_seen_once(visit: Visit) -> None:
    rendered = await visit(
        """<body style="margin:0"><img id=under src=a.jpg width=300 height=300>
        <img id=free src=b.jpg width=300 height=300><img id=gone src=c.jpg width=300 height=300>
        <img id=never src=d.jpg width=300 height=300 style="display:none">
        <div style="position:fixed;left:0;top:0;width:300px;height:300px">Sale</div>
        <div style="height:4000px"></div><script>
        addEventListener('scroll', () => { document.querySelector('#gone').hidden = true; });
        </script>"""
    )
    shown = _elements(rendered)
    assert [shown[f"img#{name}"].covered for name in ("under", "free")] == [True, False]
    assert [shown[f"img#{name}"].seen for name in ("free", "gone", "never")] == [True, True, False]
    assert [shown[f"img#{name}"].visible for name in ("free", "gone")] == [True, False]


async def test_what_a_canvas_shows_is_known_from_the_network(visit: Visit) -> None:
    rendered = await visit(
        """<canvas id=view width=800 height=600></canvas><img src=logo.png width=160 height=160>
        <script>fetch('/drawn.jpg'); fetch('/gallery.json')</script>""",
        {"/drawn.jpg": "x" * 4_000, "/gallery.json": "[]"},
    )
    assert [each.rpartition("/")[2] for each in rendered.snapshot.requested] == ["drawn.jpg"]
    candidates = extract(rendered.snapshot)
    assert [each.sources for each in candidates] == [("img",), ("network",)]
    assert candidates[1].path == "canvas#view"
    assert needs_images(rendered.snapshot, candidates)
