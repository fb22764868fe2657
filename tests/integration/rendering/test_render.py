"""From navigation to snapshot, on pages with the habits of real ones."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from imagecrawler.budget import Budget
from imagecrawler.errors import RenderFailed
from imagecrawler.items import Cookie
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.page import close_page
from imagecrawler.rendering.render import HUNG, LONGER, RESTLESS, STOPPED, Rendered, render

Visit = Callable[..., Awaitable[Rendered]]


def _sources(rendered: Rendered) -> list[str]:
    return [element.attributes.get("src", "") for element in rendered.snapshot.elements]


async def test_what_a_shopper_sees_is_described(visit: Visit) -> None:
    rendered = await visit(
        """<!doctype html><html lang=en><title>Mug &amp; Co</title>
        <meta property="og:image" content="/og.jpg">
        <script type="application/ld+json">{"@type": "Product"}</script>
        <body style="margin:0"><main class="Product-Gallery"><h1>Blue  mug</h1>
        <a href="/big.jpg"><figure><picture>
          <source media="(min-width: 1000px)" srcset="wide.avif 1600w" type="image/avif">
          <source media="(max-width: 999px)" srcset="narrow.avif">
          <img src="mug.jpg" alt="A mug" width="600" height="400"></picture>
          <figcaption>From the front</figcaption></figure></a>
        <div style="width:300px;height:200px;background:url(desk.jpg)"></div>
        <img src="hidden.jpg" width="10" height="10" style="visibility:hidden"></main>"""
    )
    snapshot = rendered.snapshot
    assert (snapshot.title, snapshot.heading, snapshot.language) == ("Mug & Co", "Blue mug", "en")
    assert ("og:image", "/og.jpg") in snapshot.meta
    assert snapshot.json_ld == ('{"@type": "Product"}',)
    assert snapshot.viewport == (1680, 1050)

    mug, desk, hidden = snapshot.elements
    assert (mug.tag, mug.rect.width, mug.rect.height, mug.visible) == ("img", 600, 400, True)
    assert [source.matches for source in mug.sources] == [True, False]
    assert mug.attributes["alt"] == "A mug"
    assert mug.sources[0].srcset == "wide.avif 1600w"
    assert mug.caption == "From the front"
    assert mug.heading == "Blue mug"
    assert mug.link.endswith("/big.jpg")
    assert {"gallery", "product", "main"} <= set(mug.containers)
    assert desk.backgrounds == (snapshot.base_url + "desk.jpg",)
    assert not hidden.visible


async def test_a_gallery_built_by_scripts_in_stages_is_waited_for(visit: Visit) -> None:
    rendered = await visit(
        """<main></main><script>
        const show = (name) => { const image = new Image(300, 300); image.src = name;
                                 document.querySelector('main').append(image); };
        setTimeout(async () => {
          const answer = await (await fetch('/gallery.json')).json();
          show(answer[0]);
          setTimeout(() => show(answer[1]), 150);
        }, 100);
        </script>""",
        {"/gallery.json": '["one.jpg", "two.jpg"]'},
    )
    assert _sources(rendered) == ["one.jpg", "two.jpg"]
    assert rendered.cut == ""


async def test_a_long_chain_of_timers_is_waited_for(visit: Visit) -> None:
    rendered = await visit(
        """<main></main><script>
        const show = (number) => {
          const image = new Image(300, 300);
          image.src = `${number}.jpg`;
          document.querySelector('main').append(image);
          if (number < 5) setTimeout(show, 240, number + 1);
        };
        setTimeout(show, 240, 1)</script>"""
    )
    assert _sources(rendered) == [f"{number}.jpg" for number in range(1, 6)]


async def test_what_a_worker_brings_in_its_own_time_is_waited_for(visit: Visit) -> None:
    rendered = await visit(
        """<main></main><script>
        const code = new Blob(["setTimeout(postMessage, 150, 'late.jpg')"]);
        new Worker(URL.createObjectURL(code)).onmessage = ({ data }) => {
          const image = new Image(300, 300);
          image.src = data;
          document.querySelector('main').append(image);
        }</script>"""
    )
    assert _sources(rendered) == ["late.jpg"]


async def test_a_stream_of_events_does_not_stop_the_page_s_clock(visit: Visit) -> None:
    rendered = await visit(
        """<main></main><script>
        new EventSource('/hangs');
        setTimeout(() => {
          document.querySelector('main').innerHTML = '<img src="late.jpg" width=300 height=300>';
        }, 100)</script>"""
    )
    assert _sources(rendered) == ["late.jpg"]
    assert rendered.cut == ""


async def test_a_scroll_handler_that_holds_back_sees_every_part(visit: Visit) -> None:
    rendered = await visit(
        """<style>section { height: 1600px }</style><main></main><script>
        const main = document.querySelector('main');
        for (let i = 0; i < 6; i++) main.append(document.createElement('section'));
        const fill = () => {
          for (const [i, section] of [...main.children].entries()) {
            const { top, bottom } = section.getBoundingClientRect();
            if (section.firstChild || top > innerHeight || bottom < 0) continue;
            section.innerHTML = `<img src="${i}.jpg" width=300 height=300>`;
          }
        };
        let waiting = 0;
        addEventListener('scroll', () => {
          waiting ||= setTimeout(() => { waiting = 0; fill(); }, 100);
        })</script>"""
    )
    assert _sources(rendered) == [f"{number}.jpg" for number in range(6)]


async def test_what_is_there_is_told_before_the_scrolling_and_after_it(visit: Visit) -> None:
    told: list[Rendered] = []
    rendered = await visit(
        """<img src="first.jpg" width=200 height=200><div style="height:6000px"></div><script>
        document.cookie = 'visit=7';
        addEventListener('scroll', () => {
          if (document.images.length > 1) return;
          document.body.insertAdjacentHTML('beforeend', '<img src="second.jpg" width=200>');
        })</script>""",
        seen=told.append,
    )
    both = ["first.jpg", "second.jpg"]
    assert [_sources(each) for each in told] == [["first.jpg"], both, both]
    assert [each.whole for each in told] == [False, False, True]
    assert told[0].cookies == (Cookie("visit", "7", "127.0.0.1"),)
    assert len(rendered.snapshot.elements) == 2


async def test_lazy_images_are_scrolled_into_being(visit: Visit) -> None:
    rendered = await visit(
        """<div style="height:6000px"></div>
        <img data-src="deep.jpg" src="data:," width=300 height=300>
        <script>new IntersectionObserver((entries) => entries.forEach((entry) => {
          if (entry.isIntersecting) entry.target.src = entry.target.dataset.src;
        })).observe(document.querySelector('img'))</script>"""
    )
    assert _sources(rendered) == ["deep.jpg"]
    assert rendered.snapshot.elements[0].rect.y > 5000


async def test_pictures_in_open_shadow_roots_are_seen(visit: Visit) -> None:
    rendered = await visit(
        """<x-card></x-card><script>
        const root = document.querySelector('x-card').attachShadow({mode: 'open'});
        root.innerHTML = '<img src="shadow.jpg" width=200 height=200>';</script>"""
    )
    assert _sources(rendered) == ["shadow.jpg"]


async def test_a_page_that_breaks_its_own_javascript_is_described_all_the_same(
    visit: Visit,
) -> None:
    rendered = await visit(
        """<img src="a.jpg" width=200 height=200><script>
        Array.prototype.toJSON = () => 'broken'; JSON.stringify = () => 'broken';
        document.querySelectorAll = () => []; Element.prototype.getAttribute = () => 'broken';
        window.getComputedStyle = null;</script>"""
    )
    assert _sources(rendered) == ["a.jpg"]


async def test_a_long_poll_is_not_waited_for(visit: Visit) -> None:
    rendered = await visit(
        "<img src=a.jpg width=200 height=200><script>fetch('/hangs')</script>", seconds=40
    )
    assert _sources(rendered) == ["a.jpg"]
    assert rendered.cut == ""


async def test_a_page_that_never_rests_is_cut_and_kept(visit: Visit) -> None:
    rendered = await visit(
        """<img src=a.jpg width=200 height=200><script>
        setInterval(() => document.body.append(document.createElement('p')), 20)</script>""",
        seconds=8,
    )
    assert "a.jpg" in _sources(rendered)
    assert "never came to rest" in rendered.cut


async def test_a_page_that_hangs_when_scrolled_keeps_what_was_seen(visit: Visit) -> None:
    rendered = await visit(
        """<img src=a.jpg width=200 height=200><div style="height:9000px"></div>
        <script>addEventListener('scroll', () => { while (true); })</script>""",
        seconds=8,
    )
    assert _sources(rendered) == ["a.jpg"]
    assert rendered.cut


async def test_a_page_that_never_answers_fails_in_words(visit: Visit) -> None:
    with pytest.raises(RenderFailed, match="never ends"):
        await visit("<img src=a.jpg><script>while (true);</script>", seconds=6)


async def test_a_hung_page_closes_from_outside(page: Page, visit: Visit) -> None:
    with pytest.raises(RenderFailed):
        await visit("<script>while (true);</script>", seconds=6)
    await close_page(page)
    assert page.is_closed()


async def test_an_endless_page_ends(visit: Visit) -> None:
    rendered = await visit(
        """<main></main><script>
        const more = () => {
          for (let i = 0; i < 5; i++) {
            const image = new Image(1600, 400);
            image.src = `${document.images.length}.jpg`;
            document.querySelector('main').append(image);
          }
        };
        more(); addEventListener('scroll', more)</script>"""
    )
    assert len(rendered.snapshot.elements) >= 5
    assert rendered.cut == LONGER


async def test_a_page_that_moves_on_is_followed(visit: Visit) -> None:
    rendered = await visit(
        "<script>setTimeout(() => location.href = '/next.html', 100)</script>",
        {"/next.html": "<img src=next.jpg width=200 height=200>"},
    )
    assert _sources(rendered) == ["next.jpg"]


async def test_a_body_that_comes_long_after_its_headers_is_waited_for(
    page: Page, activity: Activity, serve: Callable[..., str]
) -> None:
    url = serve("", {"/late.html": "<img src=late.jpg width=200 height=200>"})
    await page.goto(url + "late.html", wait_until="commit")
    assert _sources(await render(page, activity, Budget(20))) == ["late.jpg"]


async def test_cookies_travel_with_the_page(visit: Visit) -> None:
    rendered = await visit("<img src=a.jpg><script>document.cookie = 'visit=7'</script>")
    assert rendered.cookies == (Cookie("visit", "7", "127.0.0.1"),)


async def test_a_page_that_hangs_keeps_its_cookies(visit: Visit) -> None:
    rendered = await visit(
        """<img src=a.jpg><div style="height:9000px"></div><script>
        document.cookie = 'visit=7';
        addEventListener('scroll', () => { while (true); })</script>""",
        seconds=8,
        screenshot=True,
    )
    assert rendered.cookies == (Cookie("visit", "7", "127.0.0.1"),)
    assert rendered.cut == HUNG
    assert rendered.screenshot is None


async def test_a_restless_page_has_its_screenshot(visit: Visit) -> None:
    rendered = await visit(
        """<img src=a.jpg><p></p><script>
        setInterval(() => document.body.append(document.createElement('p')), 20)</script>""",
        seconds=8,
        screenshot=True,
    )
    assert rendered.cut == RESTLESS
    assert rendered.screenshot is not None
    assert rendered.screenshot.startswith(b"\xff\xd8")


async def test_a_stop_ends_the_rendering_at_once(
    page: Page, activity: Activity, serve: Callable[..., str]
) -> None:
    budget = Budget(60)
    await page.goto(serve("<script>while (true);</script>"), wait_until="commit")
    rendering = asyncio.create_task(render(page, activity, budget))
    await asyncio.sleep(0.2)
    budget.call_off()
    with pytest.raises(RenderFailed, match=STOPPED):
        await rendering


async def test_a_page_that_comes_to_rest_late_is_whole(visit: Visit) -> None:
    rendered = await visit(
        """<div style="height: 3000px"></div><img src=a.jpg><script>
        const timer = setInterval(() => document.body.append(document.createElement('p')), 20);
        addEventListener('scroll', () => clearInterval(timer))</script>""",
        seconds=8,
    )
    assert (rendered.cut, rendered.whole) == ("", True)
