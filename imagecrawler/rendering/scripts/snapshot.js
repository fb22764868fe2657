// Everything extraction needs to know of the document, as one JSON text.
(maxElements) => {
  const WORD = /[^a-z0-9]+/;
  const clip = (text, length) => (text || '').replace(/\s+/g, ' ').trim().slice(0, length);
  const parentOf = (node) => node.parentElement || (node.getRootNode() || {}).host || null;

  const rectOf = (element) => {
    const box = element.getBoundingClientRect();
    return [box.x + scrollX, box.y + scrollY, box.width, box.height];
  };

  const isVisible = (element, rect) => rect[2] > 0 && rect[3] > 0 &&
    (!element.checkVisibility ||
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }));

  const pathOf = (element) => {
    const parts = [];
    for (let node = element; node && parts.length < 12; node = parentOf(node)) {
      let part = node.localName;
      if (node.id) {
        parts.unshift(`${part}#${node.id}`);
        break;
      }
      const same = node.parentElement
        ? [...node.parentElement.children].filter((other) => other.localName === part) : [];
      if (same.length > 1) part += `:nth-of-type(${same.indexOf(node) + 1})`;
      parts.unshift(part);
    }
    return parts.join('>');
  };

  const containersOf = (element) => {
    const words = [];
    for (let node = parentOf(element); node && words.length < 60; node = parentOf(node)) {
      words.push(node.localName);
      const names = `${node.id} ${node.getAttribute('class') || ''} ${node.getAttribute('role') || ''}`;
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
      const heading = node.querySelector && node.querySelector('h1, h2, h3, h4, h5, h6');
      if (heading) return clip(heading.textContent, 200);
    }
    return '';
  };

  const textOf = (element) => {
    let node = element;
    for (let depth = 0; node && depth < 4; depth++, node = parentOf(node)) {
      const text = clip(node.textContent, 300);
      if (text.length > 20) return text;
    }
    return '';
  };

  // A card's list: the nearest ancestor with at least two brothers of its own kind.
  const siblingsOf = (element) => {
    let node = element;
    for (let depth = 0; node && depth < 6; depth++, node = node.parentElement) {
      if (!node.parentElement) break;
      const like = [...node.parentElement.children].filter((other) =>
        other.localName === node.localName && other.className === node.className);
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
    const picture = element.parentElement;
    if (element.localName !== 'img' || !picture || picture.localName !== 'picture') return [];
    const sources = [];
    for (const child of picture.children) {
      if (child === element) break;
      if (child.localName !== 'source') continue;
      const media = child.getAttribute('media');
      sources.push({
        srcset: child.getAttribute('srcset') || child.getAttribute('data-srcset') || '',
        sizes: child.getAttribute('sizes') || '',
        type: child.getAttribute('type') || '',
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
      if (element.localName !== 'img' || element.naturalWidth) continue;
      if (getComputedStyle(element).display === 'inline') {
        styles.set(element, element.getAttribute('style'));
      }
    }
    for (const element of styles.keys()) {
      element.style.setProperty('display', 'inline-block', 'important');
    }
    const rects = elements.map(rectOf);
    for (const [element, style] of styles) {
      if (style === null) element.removeAttribute('style');
      else element.setAttribute('style', style);
    }
    return rects;
  };

  const describe = (element, backgrounds, rect) => {
    const figure = element.closest('figure');
    const caption = figure && figure.querySelector('figcaption');
    const anchor = element.closest('a[href]');
    const attributes = {};
    for (const { name, value } of element.attributes) attributes[name] = value.slice(0, 20000);
    return {
      tag: element.localName, path: pathOf(element), rect, visible: isVisible(element, rect),
      attributes, current_src: element.currentSrc || '',
      natural: [element.naturalWidth || 0, element.naturalHeight || 0],
      sources: sourcesOf(element), backgrounds,
      heading: headingOf(element), caption: caption ? clip(caption.textContent, 200) : '',
      text: textOf(element), link: anchor ? anchor.href : '',
      containers: containersOf(element), siblings: siblingsOf(element),
    };
  };

  const PICTURES = new Set(['img', 'video', 'input']);
  const LAZY_BACKGROUND = '[data-bg], [data-background], [data-background-image], [data-bg-src]';
  const found = [];
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (found.length >= maxElements) return;
      const backgrounds = backgroundsOf(element);
      const shows = PICTURES.has(element.localName) &&
        (element.localName !== 'input' || element.type === 'image') &&
        (element.localName !== 'video' || element.hasAttribute('poster'));
      if (shows || backgrounds.length || element.matches(LAZY_BACKGROUND)) found.push([element, backgrounds]);
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document);
  const rects = measured(found.map(([element]) => element));

  const meta = [...document.querySelectorAll('meta[content], link[rel="image_src"][href]')].map((tag) => [
    tag.localName === 'link' ? 'image_src'
      : tag.getAttribute('property') || tag.getAttribute('name') || tag.getAttribute('itemprop') || '',
    (tag.getAttribute('content') || tag.getAttribute('href') || '').slice(0, 4000),
  ]).filter(([name]) => name);
  const root = document.documentElement;
  const heading = document.querySelector('h1');
  return JSON.stringify({
    url: location.href, base_url: document.baseURI, title: clip(document.title, 300),
    heading: heading ? clip(heading.textContent, 300) : '', language: root.lang || '',
    viewport: [innerWidth, innerHeight], document: [root.scrollWidth, root.scrollHeight],
    device_pixel_ratio: devicePixelRatio, user_agent: navigator.userAgent,
    elements: found.map(([element, backgrounds], i) => describe(element, backgrounds, rects[i])),
    meta,
    json_ld: [...document.querySelectorAll('script[type="application/ld+json"]')]
      .map((script) => script.textContent.slice(0, 1000000)),
  });
}
