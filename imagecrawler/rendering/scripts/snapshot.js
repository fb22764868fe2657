// Everything extraction needs to know of the document, as one JSON text.
(dom, maxElements) => {
  const WORD = /[^a-z0-9]+/;
  const clip = (text, length) => (text || '').replace(/\s+/g, ' ').trim().slice(0, length);
  const parentOf = (node) => {
    const root = dom.parent(node) ? null : dom.rootOf(node);
    return dom.parent(node) || (root instanceof ShadowRoot ? dom.host(root) : null);
  };

  const rectOf = (element) => {
    const box = dom.box(element);
    return [box.x + scrollX, box.y + scrollY, box.width, box.height];
  };

  const isVisible = (element, rect) => rect[2] > 0 && rect[3] > 0 &&
    dom.isShown(element, { opacityProperty: true, visibilityProperty: true });

  const brothersOf = (node) => (dom.parent(node) ? [...dom.children(dom.parent(node))] : []);

  const pathOf = (element) => {
    const parts = [];
    for (let node = element; node && parts.length < 12; node = parentOf(node)) {
      let part = dom.name(node);
      if (dom.id(node)) {
        parts.unshift(`${part}#${dom.id(node)}`);
        break;
      }
      const same = brothersOf(node).filter((other) => dom.name(other) === part);
      if (same.length > 1) part += `:nth-of-type(${same.indexOf(node) + 1})`;
      parts.unshift(part);
    }
    return parts.join('>');
  };

  const containersOf = (element) => {
    const words = [];
    for (let node = parentOf(element); node && words.length < 60; node = parentOf(node)) {
      words.push(dom.name(node));
      const names = ['id', 'class', 'role'].map((name) => dom.attribute(node, name) || '').join(' ');
      for (const name of names.toLowerCase().split(/\s+/)) {
        if (!name) continue;
        words.push(name);
        const parts = name.split(WORD).filter(Boolean);
        if (parts.length > 1) words.push(...parts);
      }
    }
    return words.slice(0, 60);
  };

  const headingOf = (element) => {
    let node = element;
    for (let depth = 0; node && depth < 6; depth++, node = parentOf(node)) {
      const heading = dom.find(node, 'h1, h2, h3, h4, h5, h6');
      if (heading) return clip(dom.text(heading), 200);
    }
    return '';
  };

  const textOf = (element) => {
    let node = element;
    for (let depth = 0; node && depth < 4; depth++, node = parentOf(node)) {
      const text = clip(dom.text(node), 300);
      if (text.length > 20) return text;
    }
    return '';
  };

  // A card's list: the nearest ancestor with at least two brothers of its own kind.
  const siblingsOf = (element) => {
    let node = element;
    for (let depth = 0; node && depth < 6; depth++, node = dom.parent(node)) {
      const like = brothersOf(node).filter((other) => dom.name(other) === dom.name(node) &&
        dom.attribute(other, 'class') === dom.attribute(node, 'class'));
      if (like.length >= 3) return like.length;
    }
    return 0;
  };

  const backgroundsOf = (element) => {
    const urls = [];
    for (const pseudo of [null, '::before', '::after']) {
      const { backgroundImage, content } = getComputedStyle(element, pseudo);
      if (!backgroundImage.includes('url(') || (pseudo && content === 'none')) continue;
      for (const match of backgroundImage.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)) {
        urls.push(match[1].replace(/\\(.)/g, '$1'));
      }
    }
    return urls;
  };

  const sourcesOf = (element) => {
    const picture = dom.parent(element);
    if (dom.name(element) !== 'img' || !picture || dom.name(picture) !== 'picture') return [];
    const sources = [];
    for (const child of dom.children(picture)) {
      if (child === element) break;
      if (dom.name(child) !== 'source') continue;
      const media = dom.attribute(child, 'media');
      sources.push({
        srcset: dom.attribute(child, 'srcset') || dom.attribute(child, 'data-srcset') || '',
        sizes: dom.attribute(child, 'sizes') || '',
        type: dom.attribute(child, 'type') || '',
        matches: !media || matchMedia(media).matches,
      });
    }
    return sources;
  };

  // An image that is not loaded is laid out as its alternative text, in spite of its width and
  // height (HTML, section 15.4.3), unless it is no inline box.
  const measured = (elements) => {
    const styles = new Map();
    for (const element of elements) {
      if (!(element instanceof HTMLImageElement) || element.naturalWidth) continue;
      if (getComputedStyle(element).display === 'inline') {
        styles.set(element, dom.attribute(element, 'style'));
      }
    }
    for (const element of styles.keys()) {
      dom.style(element).setProperty('display', 'inline-block', 'important');
    }
    const rects = elements.map(rectOf);
    for (const [element, style] of styles) {
      if (style === null) dom.removeAttribute(element, 'style');
      else dom.setAttribute(element, 'style', style);
    }
    return rects;
  };

  const describe = (element, backgrounds, rect) => {
    const figure = dom.closest(element, 'figure');
    const caption = figure && dom.find(figure, 'figcaption');
    const anchor = dom.closest(element, 'a[href]');
    const isImage = element instanceof HTMLImageElement;
    const attributes = {};
    for (const { name, value } of dom.attributes(element)) attributes[name] = value.slice(0, 20000);
    return {
      tag: dom.name(element), path: pathOf(element), rect, visible: isVisible(element, rect),
      attributes, current_src: isImage ? element.currentSrc : '',
      natural: isImage ? [element.naturalWidth, element.naturalHeight] : [0, 0],
      sources: sourcesOf(element), backgrounds,
      heading: headingOf(element), caption: caption ? clip(dom.text(caption), 200) : '',
      text: textOf(element), link: anchor instanceof HTMLAnchorElement ? anchor.href : '',
      containers: containersOf(element), siblings: siblingsOf(element),
    };
  };

  const PICTURE = 'img, video[poster], input[type="image" i], ' +
    '[data-bg], [data-background], [data-background-image], [data-bg-src]';
  const found = [];
  const odd = [];
  // One element that cannot be read costs itself, not the page.
  const guarded = (read) => {
    try {
      return read();
    } catch (error) {
      odd.push(String(error).slice(0, 200));
      return null;
    }
  };
  const visit = (root) => {
    for (const element of dom.findAll(root, '*')) {
      if (found.length >= maxElements) return;
      const backgrounds = guarded(() => backgroundsOf(element)) || [];
      if (backgrounds.length || dom.matches(element, PICTURE)) found.push([element, backgrounds]);
      const shadow = dom.shadow(element);
      if (shadow) visit(shadow);
    }
  };
  visit(document);
  const rects = measured(found.map(([element]) => element));

  const meta = [...dom.findAll(document, 'meta[content], link[rel="image_src"][href]')].map((tag) => [
    dom.name(tag) === 'link' ? 'image_src'
      : ['property', 'name', 'itemprop'].map((name) => dom.attribute(tag, name)).find(Boolean) || '',
    (dom.attribute(tag, 'content') || dom.attribute(tag, 'href') || '').slice(0, 4000),
  ]).filter(([name]) => name);
  const root = document.documentElement;
  const heading = dom.find(document, 'h1');
  return JSON.stringify({
    url: location.href, base_url: document.baseURI, title: clip(document.title, 300),
    heading: heading ? clip(dom.text(heading), 300) : '',
    language: dom.attribute(root, 'lang') || '',
    viewport: [innerWidth, innerHeight], document: [dom.width(root), dom.height(root)],
    device_pixel_ratio: devicePixelRatio, user_agent: navigator.userAgent,
    elements: found.map(([element, backgrounds], i) =>
      guarded(() => describe(element, backgrounds, rects[i]))).filter(Boolean),
    odd, meta,
    json_ld: [...dom.findAll(document, 'script[type="application/ld+json"]')]
      .map((script) => dom.text(script).slice(0, 1000000)),
  });
}
