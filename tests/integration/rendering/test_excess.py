"""Pages that are too much: they end in time, with what was found and a note of what was cut."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from imagecrawler.extraction import extract
from imagecrawler.rendering.render import Rendered
from imagecrawler.rendering.snapshot import MAX_ELEMENTS

Visit = Callable[..., Awaitable[Rendered]]


async def test_fifty_thousand_images(visit: Visit) -> None:
    rendered = await visit(
        """<main></main><script>
        document.querySelector('main').innerHTML =
          Array.from({length: 50000}, (_, i) => `<img src="${i}.jpg" width=8 height=8>`).join('');
        </script>""",
        seconds=40,
    )
    assert len(rendered.snapshot.elements) == MAX_ELEMENTS
    assert len(extract(rendered.snapshot)) == MAX_ELEMENTS
    assert rendered.snapshot.cut == (
        f"what the page has beyond its first {MAX_ELEMENTS} pictures was not looked at",
    )


async def test_ten_megabytes_of_state_and_a_srcset_of_ten_thousand(visit: Visit) -> None:
    srcset = ", ".join(f"/a.jpg?w={width} {width}w" for width in range(1, 10_001))
    state = ",".join(f'{{"src": "/img/{number}.jpg"}}' for number in range(400_000))
    rendered = await visit(
        f"""<img srcset="{srcset}" width=300 height=300>
        <script type="application/json">[{state}]</script>
        <script type="application/json">["/img/small.jpg"]</script>"""
    )
    image, small = extract(rendered.snapshot)
    assert 500 < len(image.versions) < 1_200
    assert image.url.endswith(f"?w={image.versions[0].width}")
    assert small.url.endswith("small.jpg")
    assert rendered.snapshot.cut == (
        "1 attributes were too long to be read as a whole",
        f"an inline script of {(len(state) + 2) / 1e6:.1f} MB was not looked at",
    )


async def test_unclosed_tags_and_deep_shadow_roots(visit: Visit) -> None:
    rendered = await visit(
        """<div><p><a href="x.html"><b><div class="card<img src=lost.jpg>">
        <img src=a.jpg width=200 height=200<span><table><tr><img src=b.jpg>
        <x-deep></x-deep><script>
        let host = document.querySelector('x-deep');
        for (let i = 0; i < 150; i++) {
          const root = host.attachShadow({mode: 'open'});
          root.innerHTML = `<img src="deep${i}.jpg"><x-deep></x-deep>`;
          host = root.querySelector('x-deep');
        }</script><p><img src=last.jpg"""
    )
    names = [each.url.rpartition("/")[2] for each in extract(rendered.snapshot)]
    assert names[0] == "b.jpg" or names[0] == "a.jpg"
    assert {"a.jpg", "b.jpg", "deep0.jpg", "deep149.jpg"} <= set(names)


async def test_frames_that_frame_themselves(visit: Visit) -> None:
    rendered = await visit(
        "<img src=a.jpg width=200 height=200><iframe src=/again.html width=800 height=800>",
        {
            "/again.html": """<img src=b.jpg width=200 height=200><script>
            const frame = document.createElement('iframe');
            frame.src = `/again.html?${+(location.search.slice(1) || 0) + 1}`;
            frame.width = frame.height = 700;
            document.body.append(frame);</script>"""
        },
        seconds=8,
    )
    assert {each.url.rpartition("/")[2] for each in extract(rendered.snapshot)} == {
        "a.jpg",
        "b.jpg",
    }
    assert len(rendered.snapshot.frames) <= 4
    assert rendered.snapshot.cut
