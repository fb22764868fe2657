// What the document says of itself in words that are not displayed.
(dom, context) => {
  const FILE = /\.(?:jpe?g|jfif|png|webp|avif|gif)\b|\\?\/is\\?\/image\\?\/|\\?\/image\\?\/(?:upload|fetch)\b/i;
  const MAX_SCRIPT = 4e6, MAX_PROPERTIES = 500;
  const attribute = (element, name) => dom.attribute(element, name) || '';
  const skipped = [];
  let letters = 8e6;

  const meta = [...dom.findAll(document, 'meta[content], link[rel="image_src"][href]')].map((tag) => [
    dom.name(tag) === 'link' ? 'image_src'
      : ['property', 'name', 'itemprop'].map((name) => dom.attribute(tag, name)).find(Boolean) || '',
    (attribute(tag, 'content') || attribute(tag, 'href')).slice(0, 4000),
  ]).filter(([name]) => name);

  // Half a script cannot be read: it comes as a whole or not at all.
  const texts = (scripts) => {
    const all = [];
    for (const script of scripts) {
      const text = dom.text(script);
      const isLinked = attribute(script, 'type').includes('ld+json');
      if (!isLinked && !FILE.test(text)) continue;
      if (text.length > MAX_SCRIPT || text.length > letters) {
        const size = (text.length / 1e6).toFixed(1);
        skipped.push(`an inline script of ${size} MB was not looked at`);
        continue;
      }
      letters -= text.length;
      all.push({ text, type: attribute(script, 'type'), path: context.pathOf(script) });
    }
    return all;
  };
  const LINKED = 'script[type="application/ld+json"]';
  const linked = texts(dom.findAll(document, LINKED));
  const scripts = texts(dom.findAll(document, `script:not([src]):not(${LINKED})`));

  // Microdata (HTML, section 5) and RDFa Lite differ in the names of their attributes.
  const SYNTAXES = [
    ['microdata', 'itemprop', 'itemscope', 'itemtype', ['src', 'href', 'data', 'content']],
    ['rdfa', 'property', 'typeof', 'typeof', ['content', 'resource', 'href', 'src', 'data']],
  ];
  const IMAGE = /(?:^|[\s/#:])(?:image|images|photo|contenturl|url|primaryimageofpage)(?:$|\s)/i;
  const read = ([syntax, property, scope, type, values], items) => (element) => {
    if (dom.matches(element, `[${scope}]`) || !IMAGE.test(attribute(element, property))) return null;
    const url = values.map((name) => attribute(element, name)).find(Boolean);
    const names = [], types = [];
    let item = null;
    for (let node = element; node && types.length < 8; node = item) {
      if (!dom.matches(node, `[${property}]`)) break;
      names.push(attribute(node, property));
      const parent = dom.parent(node);
      const outer = parent && dom.closest(parent, `[${scope}]`);
      if (!outer) break;
      item = outer;
      types.push(attribute(item, type));
    }
    if (!url || !item || url.startsWith('data:')) return null;
    if (!items.has(item)) items.set(item, items.size);
    const path = context.pathOf(element);
    return { syntax, url: url.slice(0, 8000), names, types, item: items.get(item), path };
  };
  const properties = SYNTAXES.flatMap((syntax) => {
    const elements = [...dom.findAll(document, `[${syntax[1]}]`)].slice(0, 20 * MAX_PROPERTIES);
    return elements.map(read(syntax, new Map())).filter(Boolean).slice(0, MAX_PROPERTIES);
  });
  return { meta, json_ld: linked.map(({ text }) => text), scripts, properties, skipped };
}
