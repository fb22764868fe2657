// The DOM's own properties and methods, for nodes of a page that may be out to break us.
// The fields of a form shadow its properties of the same name (<input name="children">; HTML,
// section 4.10.3), so nothing is read from an element itself. A document is shadowed only in the
// page's own world, not in ours.
() => {
  const property = (type, name) => {
    const { get } = Object.getOwnPropertyDescriptor(type.prototype, name);
    return (node) => get.call(node);
  };
  const method = (type, name) => {
    const own = type.prototype[name];
    return (node, ...values) => own.apply(node, values);
  };
  const ofRoot = (name) => {
    const kinds = [Document, DocumentFragment, Element].map((type) => [type, method(type, name)]);
    return (root, ...values) => kinds.find(([type]) => root instanceof type)[1](root, ...values);
  };
  return {
    find: ofRoot('querySelector'), findAll: ofRoot('querySelectorAll'),
    name: property(Element, 'localName'), id: property(Element, 'id'),
    children: property(Element, 'children'), attributes: property(Element, 'attributes'),
    shadow: property(Element, 'shadowRoot'), host: property(ShadowRoot, 'host'),
    parent: property(Node, 'parentElement'), rootOf: method(Node, 'getRootNode'),
    previous: property(Element, 'previousElementSibling'),
    next: property(Element, 'nextElementSibling'), contains: method(Node, 'contains'), borderLeft: property(Element, 'clientLeft'),
    borderTop: property(Element, 'clientTop'),
    text: property(Node, 'textContent'), style: property(HTMLElement, 'style'),
    width: property(Element, 'scrollWidth'), height: property(Element, 'scrollHeight'),
    scrollTo: method(Element, 'scrollTo'),
    attribute: method(Element, 'getAttribute'), setAttribute: method(Element, 'setAttribute'),
    removeAttribute: method(Element, 'removeAttribute'),
    computed: method(Element, 'computedStyleMap'), boxes: method(Element, 'getClientRects'),
    matches: method(Element, 'matches'), closest: method(Element, 'closest'),
    box: method(Element, 'getBoundingClientRect'), isShown: method(Element, 'checkVisibility'),
  };
}
