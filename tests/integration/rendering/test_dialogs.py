from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from imagecrawler.rendering.render import Rendered

Visit = Callable[..., Awaitable[Rendered]]

FIXED = "position: fixed; inset: 0; background: #fff; z-index: 99"


def _sources(rendered: Rendered) -> list[str]:
    return [element.attributes.get("src", "") for element in rendered.snapshot.elements]


def _dialog(text: str, *buttons: str) -> str:
    """Each button shows a picture of its number, and ends the dialog."""
    shown = "".join(
        f'<button onclick="clicked({number})">{words}</button>'
        for number, words in enumerate(buttons)
    )
    return f"""<main></main><div id=ask style="{FIXED}"><p>{text}</p>{shown}</div><script>
    function clicked(number) {{
      document.querySelector('#ask').remove();
      document.querySelector('main').innerHTML = `<img src="${{number}}.jpg" width=300 height=300>`;
    }}</script>"""


COOKIES = "We and our 742 partners use cookies."


@pytest.mark.parametrize(
    ("text", "buttons", "chosen"),
    [
        (COOKIES, ("Accept all", "Manage", "Reject all"), 2),
        (COOKIES, ("Settings", "Accept all cookies"), 1),
        (COOKIES, ("Learn more", "OK"), 1),
        (COOKIES, ("Okra recipes", "Got it!"), 1),
        ("Wir verwenden Cookies.", ("Alle akzeptieren", "Nur notwendige Cookies"), 1),
        (
            "Nous utilisons des cookies",
            ("Paramétrer", "Tout accepter", "Continuer sans accepter →"),
            2,
        ),
        ("Usamos cookies", ("Configurar", "Aceptar todo"), 1),
        ("Używamy plików cookie", ("Ustawienia", "Odrzuć wszystkie"), 1),
        ("当サイトはクッキーを使用します", ("設定", "同意する"), 1),
        ("You must be 21+ to enter", ("No", "Yes, I am 21 or older"), 1),
        ("Sind Sie schon volljährig?", ("Nein", "Ja, ich bin über 18"), 1),
    ],
)
async def test_what_asks_is_answered(visit: Visit, text: str, buttons: tuple[str], chosen: int):
    assert _sources(await visit(_dialog(text, *buttons))) == [f"{chosen}.jpg"]


@pytest.mark.parametrize(
    ("text", "buttons"),
    [
        ("Only today: 20 % off all shoes", ("Accept", "Close")),
        (COOKIES, ("Manage my choices", "Privacy policy")),
    ],
)
async def test_what_asks_for_nothing_of_ours_is_left(visit: Visit, text: str, buttons: tuple[str]):
    assert _sources(await visit(_dialog(text, *buttons))) == []


async def test_a_link_that_leads_away_is_no_answer(visit: Visit) -> None:
    rendered = await visit(
        f"""<div style="{FIXED}">{COOKIES} <a href="/policy">Accept our policy</a></div>
        <img src=a.jpg width=300 height=300>""",
        {"/policy": "a policy"},
    )
    assert _sources(rendered) == ["a.jpg"]


async def test_a_banner_in_a_shadow_root_that_comes_late(visit: Visit) -> None:
    rendered = await visit(
        f"""<div id=host></div><main></main><script>
        setTimeout(() => {{
          const root = host.attachShadow({{ mode: 'open' }});
          root.innerHTML = `<div style="position:fixed;bottom:0;left:0;right:0;height:120px">
            <p>{COOKIES}</p><button>Accept</button></div>`;
          root.querySelector('button').addEventListener('click', () => {{
            host.remove();
            document.querySelector('main').innerHTML = '<img src=a.jpg width=300 height=300>';
          }});
        }}, 600);</script>"""
    )
    assert _sources(rendered) == ["a.jpg"]


async def test_a_dialog_that_always_comes_back_costs_three_clicks(visit: Visit) -> None:
    rendered = await visit(
        f"""<main></main><div id=ask style="{FIXED}">{COOKIES} <button>Accept</button></div><script>
        let clicks = 0;
        ask.addEventListener('click', () => {{
          document.querySelector('main').innerHTML = `<img src="${{++clicks}}.jpg" width=300>`;
        }});</script>"""
    )
    assert _sources(rendered) == ["6.jpg"]
    assert rendered.cut == ""


async def test_words_of_the_page_itself_are_not_clicked(visit: Visit) -> None:
    rendered = await visit(
        """<h1>Cookies of the month</h1><button onclick="document.body.remove()">Accept</button>
        <img src=a.jpg width=300 height=300>"""
    )
    assert _sources(rendered) == ["a.jpg"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same site", "another site"])
async def test_consent_that_a_frame_over_the_page_asks_for(
    visit: Visit, serve: Callable[..., str], host: str
) -> None:
    asks = f"""<p>{COOKIES}</p><button onclick="parent.postMessage('', '*')">Reject all</button>"""
    consent = serve("", {"/consent.html": asks}).replace("127.0.0.1", host) + "consent.html"
    rendered = await visit(
        f"""<main></main><div id=ask style="{FIXED}">
        <iframe src="{consent}" width=600 height=400></iframe></div><script>
        addEventListener('message', () => {{
          ask.remove();
          document.querySelector('main').innerHTML = '<img src=a.jpg width=300 height=300>';
        }});</script>"""
    )
    assert _sources(rendered) == ["a.jpg"]


async def test_words_of_a_frame_in_the_page_are_not_clicked(visit: Visit) -> None:
    recipe = f"""{COOKIES} <button onclick="parent.postMessage('', '*')">OK</button>"""
    rendered = await visit(
        """<iframe src="/recipe.html" width=600 height=400></iframe>
        <img src=a.jpg width=300 height=300><script>
        addEventListener('message', () => document.querySelector('img').remove());</script>""",
        {"/recipe.html": recipe},
    )
    assert _sources(rendered) == ["a.jpg"]
