"""What a document has beside its pictures, as a real Chromium shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from imagecrawler.rendering.render import Rendered

Visit = Callable[..., Awaitable[Rendered]]


async def test_what_is_shown_counts_and_what_is_not_does_not(visit: Visit) -> None:
    rendered = await visit(
        """<title>Shop</title><meta http-equiv=refresh content="600; URL='/?bm-verify=A'">
        <header>Menu <input type=password></header>
        <h1>Sign  in</h1><p>to <b>go</b> on</p>
        <p style="display:none">unseen</p><p style="visibility:hidden">unseen</p>
        <p style="opacity:0">unseen</p><noscript>unseen</noscript><template>unseen</template>
        <div id=host></div>
        <form action=/session><input type=password><input type=password style="display:none">
        <button>Sign in</button><button hidden>Add to cart</button><input type=submit value=Go>
        <input name=children></form>
        <div id=px-captcha class=wide>hold</div><div class=h-captcha style="display:none">x</div>
        <iframe src="/_Incapsula_Resource?incident_id=1" width=0 height=0></iframe>
        <script src=/challenge.js></script><script type=application/json>{}</script>
        <script>window._cf_chl_opt = {}; host.attachShadow({mode: 'open'}).innerHTML = 'in shadow'
        </script>""",
        {"/challenge.js": ""},
    )
    content = rendered.snapshot.content
    assert content.text == "Menu Sign in to go on Sign in hold in shadow"
    assert content.buttons == ("Sign in", "Add to cart", "Go")
    assert content.passwords == 1
    assert content.marks == ("px-captcha wide",)
    assert content.loaded == (
        "600; URL='/?bm-verify=A'", "/session", "/_Incapsula_Resource?incident_id=1",
        "/challenge.js",
    )  # fmt: skip
    [script] = content.scripts
    assert script.startswith("window._cf_chl_opt")


async def test_a_long_page_is_counted_as_far_as_it_matters(visit: Visit) -> None:
    content = (await visit("<p>word " * 50_000)).snapshot.content
    assert content.text == ("word " * 320).strip()
