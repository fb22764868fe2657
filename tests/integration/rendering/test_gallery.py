from __future__ import annotations

from collections.abc import Awaitable, Callable

from imagecrawler.rendering.render import Rendered

Visit = Callable[..., Awaitable[Rendered]]

MAIN = '<img id=main src="/picture-number-0.jpg" alt="Mug" width=600 height=600>'
SHOW = "document.querySelector('#main').src = '/picture-' + 'number-' + at + '.jpg'"


def _shown_by_button(pictures: int) -> str:
    """A script: each press of the button has the main picture replaced by the next."""
    return f"""<script>let at = 0;
        document.querySelector('button').onclick = () => {{ at = (at + 1) % {pictures}; {SHOW}; }};
        </script>"""


def _sources(rendered: Rendered) -> list[str]:
    elements = rendered.snapshot.elements
    return [element.attributes["src"] for element in elements if element.tag == "img"]


def _numbers(*numbers: int) -> list[str]:
    return [f"/picture-number-{number}.jpg" for number in numbers]


async def test_a_carousel_is_stepped_through(visit: Visit) -> None:
    rendered = await visit(
        f"""<div class=carousel>{MAIN}<button aria-label="Next slide">&gt;</button></div>
        {_shown_by_button(5)}"""
    )
    assert _sources(rendered) == _numbers(0, 1, 2, 3, 4)
    first, *others = rendered.snapshot.elements
    assert {each.rect for each in others} == {first.rect}
    assert {each.attributes["alt"] for each in others} == {"Mug"}


async def test_a_main_picture_as_high_as_its_width_asks_for(visit: Visit) -> None:
    rendered = await visit(
        f"""<!doctype html>
        <style>main {{ width: 640px }} #main {{ width: 100%; height: auto }}</style>
        <header><img src="/mark-of-the-shop.jpg" width=200 height=200></header>
        <main><img id=main src="/picture-number-0.jpg" alt="Mug"><button>&rsaquo;</button></main>
        {_shown_by_button(3)}"""
    )
    assert set(_sources(rendered)) >= set(_numbers(0, 1, 2))


async def test_a_banner_without_a_height_is_no_main_picture(visit: Visit) -> None:
    banner = '<img src="/banner-of-the-shop.jpg" alt="Sale" style="width: 100%; height: auto">'
    rendered = await visit(
        f"""<!doctype html>
        <div style="height: 40px">{banner}</div><div>{MAIN}<button>&rsaquo;</button></div>
        {_shown_by_button(3)}"""
    )
    assert set(_sources(rendered)) >= set(_numbers(0, 1, 2))


async def test_thumbnails_that_listen_to_the_mouse(visit: Visit) -> None:
    thumbnails = "".join(f'<li><img src="t{n}.jpg" width=60 height=60></li>' for n in range(4))
    rendered = await visit(
        f"""<div>{MAIN}<ul>{thumbnails}</ul></div><script>
        document.querySelectorAll('li').forEach((each, at) => {{
          each.addEventListener('mouseover', () => setTimeout(() => {{ {SHOW}; }}, 20));
        }});</script>"""
    )
    assert set(_sources(rendered)) >= set(_numbers(0, 1, 2, 3))


async def test_an_endless_carousel_ends(visit: Visit) -> None:
    rendered = await visit(
        f"""<div>{MAIN}<button class="slick-next">&gt;</button></div><script>
        let at = 0;
        document.querySelector('button').onclick = () => {{ at++; {SHOW}; }};
        </script>"""
    )
    assert _sources(rendered) == _numbers(*range(13))


async def test_a_gallery_that_names_its_pictures_is_left_after_two_steps(visit: Visit) -> None:
    more = "".join(f'<i data-at="{address}"></i>' for address in _numbers(*range(9)))
    rendered = await visit(
        f"""<div>{MAIN}<button class="next">&gt;</button>{more}</div><script>
        let at = 0;
        document.querySelector('button').onclick = () => {{
          at++; {SHOW};
          if (at > 2) document.body.append(new Image(9, 9));
        }};</script>"""
    )
    assert _sources(rendered) == _numbers(0)


async def test_nothing_is_bought_sent_or_followed(visit: Visit) -> None:
    rendered = await visit(
        f"""<form action=/sent><div>{MAIN}<button>Add to cart</button>
        <a class=next href=/other>Next product</a>
        <a href=/large.jpg><img src=t1.jpg width=60 height=60></a>
        <a href=/other><img src=t2.jpg width=60 height=60></a>
        <img src=t3.jpg width=60 height=60 onclick="document.forms[0].requestSubmit()">
        <img src=t4.jpg width=60 height=60></div></form>""",
        {"/other": "another page", "/sent": "sent"},
    )
    assert _sources(rendered)[0] == "/picture-number-0.jpg"
    assert rendered.cut == ""


async def test_a_page_that_leaves_by_script_keeps_what_it_had(visit: Visit) -> None:
    rendered = await visit(
        f"""<div>{MAIN}<button class=next onclick="location.href = '/other'">&gt;</button></div>""",
        {"/other": "another page"},
    )
    assert _sources(rendered) == _numbers(0)
    assert rendered.cut == ""


async def test_a_carousel_in_shadow_roots_whose_slides_come_after_a_transition(
    visit: Visit,
) -> None:
    rendered = await visit(
        f"""<x-stage></x-stage><script>
        let at = 0;
        customElements.define('x-stage', class extends HTMLElement {{
          connectedCallback() {{
            this.attachShadow({{mode: 'open'}}).innerHTML = `<style>.out {{ opacity: 0;
              transition: opacity 0.4s }}</style>{MAIN}<div><p></p></div>`;
            const next = this.shadowRoot.querySelector('p').attachShadow({{mode: 'open'}});
            next.innerHTML = '<button class="arrow right">o</button>';
            const image = this.shadowRoot.querySelector('img');
            image.ontransitionend = () => {{
              at = (at + 1) % 3;
              image.src = '/picture-' + 'number-' + at + '.jpg';
              image.classList.remove('out');
            }};
            next.firstChild.onclick = () => image.classList.add('out');
          }}
        }});</script>"""
    )
    assert _sources(rendered) == _numbers(0, 1, 2)


async def test_a_carousel_in_a_frame(visit: Visit) -> None:
    inner = f"""<body style="margin:0"><div>{MAIN}<button>&rsaquo;</button></div><script>
        let at = 0;
        document.querySelector('button').onclick = () => {{ at = (at + 1) % 3; {SHOW}; }};
        </script>"""
    rendered = await visit(
        """<img src=logo.jpg width=200 height=200>
        <iframe src="/inner.html" width=700 height=700 style="border:0"></iframe>""",
        {"/inner.html": inner},
    )
    [frame] = rendered.snapshot.frames
    assert [each.attributes["src"] for each in frame.elements] == _numbers(0, 1, 2)
    assert len({each.rect for each in frame.elements}) == 1
    assert _sources(rendered) == ["logo.jpg"]


async def test_frames_beside_a_main_picture_that_is_as_high_as_a_line(visit: Visit) -> None:
    rendered = await visit(
        f"""<!doctype html><style>#main {{ width: 640px; height: auto }}</style>
        <main><img id=main src="/picture-number-0.jpg" alt="Mug"><button>&rsaquo;</button></main>
        <iframe src="/inner.html" width=400 height=400></iframe>
        <iframe src="/wide.html" width=728 height=90></iframe>{_shown_by_button(3)}""",
        {
            "/inner.html": "<img src=/advertisement.jpg width=300 height=250>",
            "/wide.html": "<body style='margin: 0'><img src=/offers.jpg style='width: 100%'>",
        },
    )
    assert set(_sources(rendered)) == set(_numbers(0, 1, 2))


async def test_other_colours_are_chosen_and_sizes_are_not(visit: Visit) -> None:
    swatches = "".join(
        f"<label><input type=radio name=colour value={n} {'checked' if n == 0 else ''}>{n}</label>"
        for n in range(3)
    )
    rendered = await visit(
        f"""<main><div>{MAIN}</div><fieldset class=sizes><button class=swatch>S</button>
        <button class=swatch>M</button></fieldset><fieldset>{swatches}</fieldset></main><script>
        let at = 7;
        document.querySelector('.sizes').onclick = () => {{ {SHOW}; }};
        document.querySelectorAll('input').forEach((colour) => {{
          colour.onchange = () => {{ at = colour.value; {SHOW}; }};
        }});</script>"""
    )
    assert _sources(rendered) == _numbers(0, 1, 2)
    main, *others = rendered.snapshot.elements
    assert main.rect.area == 600 * 600
    assert [(each.rect.area, each.visible) for each in others] == [(0, False)] * 2
