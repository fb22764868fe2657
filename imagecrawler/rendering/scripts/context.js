// Where an element stands: its path, its containers, what is written around it. Thousands of
// pictures share their ancestors, so whatever is read of a node is read once.
(dom) => {
  const DIALOG = 'dialog, [role="dialog"], [role="alertdialog"], [aria-modal="true"]';
  const WORD = /[^a-z0-9]+/;
  const DEEPEST = 12, HEADING_DEPTH = 6, TEXT_DEPTH = 4, MAX_WORDS = 60, MAX_NODES = 5000;
  const clip = (text, length) => (text || '').replace(/\s+/g, ' ').trim().slice(0, length);
  const once = (read) => {
    const known = new Map();
    return (node) => {
      if (!known.has(node)) known.set(node, read(node));
      return known.get(node);
    };
  };
  const parentOf = (node) => {
    const root = dom.parent(node) ? null : dom.rootOf(node);
    return dom.parent(node) || (root instanceof ShadowRoot ? dom.host(root) : null);
  };

  const kindOf = (node) => `${dom.name(node)} ${dom.attribute(node, 'class')}`;
  const families = once((parent) => {
    const names = new Map(), kinds = new Map(), numbers = new Map();
    for (const child of dom.children(parent)) {
      const name = dom.name(child), kind = kindOf(child);
      names.set(name, (names.get(name) || 0) + 1);
      kinds.set(kind, (kinds.get(kind) || 0) + 1);
      numbers.set(child, names.get(name));
    }
    return { names, kinds, numbers };
  });

  const pathOf = (element) => {
    const parts = [];
    for (let node = element; node && parts.length < DEEPEST; node = parentOf(node)) {
      let part = dom.name(node);
      if (dom.id(node)) {
        parts.unshift(`${part}#${dom.id(node)}`);
        break;
      }
      const family = dom.parent(node) && families(dom.parent(node));
      if (family && family.names.get(part) > 1) part += `:nth-of-type(${family.numbers.get(node)})`;
      parts.unshift(part);
    }
    return parts.join('>');
  };

  const wordsOf = once((node) => {
    const words = [dom.name(node)];
    const names = ['id', 'class', 'role'].map((name) => dom.attribute(node, name) || '').join(' ');
    for (const name of names.slice(0, 2000).toLowerCase().split(/\s+/)) {
      if (!name) continue;
      words.push(name);
      const parts = name.split(WORD).filter(Boolean);
      if (parts.length > 1) words.push(...parts);
    }
    return words;
  });
  const containersOf = (element) => {
    const words = [];
    for (let node = parentOf(element); node && words.length < MAX_WORDS; node = parentOf(node)) {
      words.push(...wordsOf(node));
    }
    return words.slice(0, MAX_WORDS);
  };

  const headingIn = once((node) => {
    const heading = dom.find(node, 'h1, h2, h3, h4, h5, h6');
    return heading ? clip(dom.text(heading), 200) : null;
  });
  const headingOf = (element) => {
    let node = element;
    for (let depth = 0; node && depth < HEADING_DEPTH; depth++, node = parentOf(node)) {
      const heading = headingIn(node);
      if (heading !== null) return heading;
    }
    return '';
  };

  // What is written, which textContent is not: it has the scripts too.
  const UNREAD = new Set(['script', 'style', 'noscript', 'template']);
  const filter = (node) => (node instanceof Element && UNREAD.has(dom.name(node))
    ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const textIn = once((node) => {
    const show = NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT;
    const walker = document.createTreeWalker(node, show, filter);
    let text = '', left = MAX_NODES;
    for (let next = walker.nextNode(); next && left--; next = walker.nextNode()) {
      if (!(next instanceof Text)) continue;
      text += dom.text(next).slice(0, 2000);
      if (text.length > 400) {
        text = clip(text, 300);
        if (text.length === 300) break;
        text += ' ';
      }
    }
    return clip(text, 300);
  });
  const textOf = (element) => {
    let node = element;
    for (let depth = 0; node && depth < TEXT_DEPTH; depth++, node = parentOf(node)) {
      const text = textIn(node);
      if (text.length > 20) return text;
    }
    return '';
  };

  // A card's list: the nearest ancestor with at least two brothers of its own kind.
  const siblingsOf = (element) => {
    let node = element;
    for (let depth = 0; node && depth < 6; depth++, node = dom.parent(node)) {
      const alike = dom.parent(node) ? families(dom.parent(node)).kinds.get(kindOf(node)) : 0;
      if (alike >= 3) return alike;
    }
    return 0;
  };

  // The outermost box around an element that lies over the page rather than in it.
  const overlayOf = (element) => {
    let found = null;
    for (let node = element; node && node !== document.body; node = parentOf(node)) {
      const over = ['fixed', 'sticky'].includes(getComputedStyle(node).position);
      if (over || dom.matches(node, DIALOG)) found = node;
    }
    return found;
  };

  const captionOf = (element) => {
    const figure = dom.closest(element, 'figure');
    const caption = figure && dom.find(figure, 'figcaption');
    return caption ? clip(dom.text(caption), 200) : '';
  };

  return {
    clip, once, parentOf, pathOf, containersOf, headingOf, overlayOf,
    of: (element) => {
      const anchor = dom.closest(element, 'a[href]');
      return {
        path: pathOf(element), heading: headingOf(element), caption: captionOf(element),
        text: textOf(element), link: anchor instanceof HTMLAnchorElement ? anchor.href : '',
        containers: containersOf(element), siblings: siblingsOf(element),
      };
    },
  };
}
