"""Documents that shadow the DOM's own properties: forms in every world, the rest in theirs."""

from collections.abc import Awaitable, Callable

from imagecrawler.rendering.render import Rendered

Visit = Callable[..., Awaitable[Rendered]]

OF_ELEMENTS = (
    "attributes", "checkVisibility", "children", "className", "closest", "currentSrc", "id",
    "getAttribute", "getBoundingClientRect", "getRootNode", "hasAttribute", "localName", "matches",
    "naturalWidth", "parentElement", "querySelector", "querySelectorAll", "scrollHeight",
    "shadowRoot", "style", "textContent",
)  # fmt: skip
OF_DOCUMENTS = (
    "baseURI", "documentElement", "querySelector", "querySelectorAll", "readyState",
    "scrollingElement", "title",
)  # fmt: skip


async def test_a_form_whose_fields_are_named_like_the_dom(visit: Visit) -> None:
    fields = "".join(f"<input name={name}>" for name in OF_ELEMENTS)
    rendered = await visit(
        f"""<main class=gallery><form id=order class="buy box"
        style="width:400px;height:300px;background:url(form.jpg)">{fields}
        <h2>Blue mug</h2><img src=a.jpg width=200 height=200></form></main>"""
    )
    form, image = rendered.snapshot.elements
    assert (form.tag, form.attributes["class"], form.current_src) == ("form", "buy box", "")
    assert form.backgrounds == (rendered.snapshot.base_url + "form.jpg",)
    assert (form.path, form.rect.width) == ("form#order", 400)
    assert image.attributes["src"] == "a.jpg"
    assert image.path.startswith("form#order>")
    assert image.heading == "Blue mug"
    assert {"buy", "box", "order", "gallery", "main"} <= set(image.containers)


async def test_a_document_whose_elements_are_named_like_its_own(visit: Visit) -> None:
    forms = "".join(f"<form name={name}></form>" for name in OF_DOCUMENTS)
    rendered = await visit(
        f"<html lang=en><title>Mug</title>{forms}<h1>Sale</h1><img src=a.jpg width=200 height=200>"
    )
    snapshot = rendered.snapshot
    assert (snapshot.title, snapshot.heading, snapshot.language) == ("Mug", "Sale", "en")
    assert snapshot.base_url == snapshot.url
    assert [element.attributes["src"] for element in snapshot.elements] == ["a.jpg"]
    assert rendered.cut == ""


async def test_a_form_in_place_of_the_root(visit: Visit) -> None:
    rendered = await visit(
        """<script>addEventListener('load', () => {
        const form = document.createElement('form');
        form.innerHTML = '<input name=scrollHeight><input name=scrollTo><input name=lang>' +
          '<img src=a.jpg width=200 height=200>';
        document.replaceChild(form, document.documentElement); })</script>"""
    )
    assert [element.tag for element in rendered.snapshot.elements] == ["img"]


async def test_an_element_that_is_only_named_like_an_image(visit: Visit) -> None:
    rendered = await visit(
        """<img src=a.jpg width=200 height=200><b></b><script>
        document.querySelector('b').append(document.createElementNS('urn:none', 'img'));</script>
        <svg><a href="/big.jpg"><foreignObject><img src=b.jpg></foreignObject></a></svg>"""
    )
    first, strange, linked = rendered.snapshot.elements
    assert (first.attributes["src"], linked.attributes["src"]) == ("a.jpg", "b.jpg")
    assert (strange.natural, strange.current_src) == ((0, 0), "")
    assert linked.link == ""


async def test_a_gallery_that_grows_in_a_shadow_root_is_waited_for(visit: Visit) -> None:
    rendered = await visit(
        """<x-card></x-card><script>
        const outer = document.querySelector('x-card').attachShadow({mode: 'open'});
        outer.innerHTML = '<x-row></x-row>';
        const inner = outer.querySelector('x-row').attachShadow({mode: 'open'});
        let left = 6;
        const grow = () => {
          const image = new Image(200, 200);
          image.src = `${left}.jpg`;
          inner.append(image);
          if (--left) setTimeout(grow, 150);
        };
        grow();</script>"""
    )
    assert len(rendered.snapshot.elements) == 6
