// Clicks the button that answers a dialog, and returns its words; '' where there is none.
// The whole document is one where its frame lies over the page.
(dom, context, kinds, whole) => {
  const click = (element) => HTMLElement.prototype.click.call(element);
  const BUTTON = 'button, [role="button"], a, input[type="button"], input[type="submit"]';
  const plain = (text) => (text || '').replace(/\s+/g, ' ').trim().toLowerCase();

  // Parts of the window in which banners, bars, corners and modals show themselves.
  const PLACES = [[0.5, 0.5], [0.5, 0.97], [0.5, 0.03], [0.05, 0.95], [0.95, 0.95], [0.5, 0.8]];

  const topmost = (x, y) => {
    let element = document.elementFromPoint(x, y);
    for (let shadow = element && dom.shadow(element); shadow; shadow = element && dom.shadow(element)) {
      const inner = shadow.elementFromPoint(x, y);
      if (!inner || inner === element) break;
      element = inner;
    }
    return element;
  };

  const inside = (root, selector) => {
    const found = [...dom.findAll(root, selector)];
    for (const element of dom.findAll(root, '*')) {
      const shadow = dom.shadow(element);
      if (shadow) found.push(...inside(shadow, selector));
    }
    const own = root instanceof Element && dom.shadow(root);
    return own ? found.concat(inside(own, selector)) : found;
  };

  const textOf = (element) => {
    const own = dom.shadow(element);
    const shadows = [own, ...[...dom.findAll(element, '*')].map(dom.shadow)].filter(Boolean);
    return plain([dom.text(element), ...shadows.map(dom.text)].join(' ').slice(0, 20000));
  };

  // A link that leads elsewhere answers nothing.
  const isButton = (element) => {
    if (dom.name(element) !== 'a') return true;
    const href = dom.attribute(element, 'href') || '#';
    return href.startsWith('#') || href.startsWith('javascript:');
  };

  const wordsOf = (element) => [
    dom.text(element), dom.attribute(element, 'value'), dom.attribute(element, 'aria-label'),
    dom.attribute(element, 'title'),
  ].map(plain).filter((words) => words && words.length <= 60);

  const begins = (words, start) => words.startsWith(start) &&
    !/[a-z]/.test(start.length <= 3 ? words.charAt(start.length) : '');

  const answered = (overlay) => {
    const text = textOf(overlay);
    for (const { topic, answers } of kinds) {
      if (!topic.some((word) => text.includes(word))) continue;
      const buttons = inside(overlay, BUTTON).filter((each) => isButton(each) &&
        dom.isShown(each, { visibilityProperty: true }));
      for (const starts of answers) {
        for (const button of buttons) {
          const words = wordsOf(button).find((each) => starts.some((start) => begins(each, start)));
          if (words) {
            click(button);
            return words;
          }
        }
      }
    }
    return '';
  };

  const overlays = whole ? [document.body].filter(Boolean) : new Set(PLACES.map(([x, y]) => topmost(x * innerWidth, y * innerHeight))
    .filter(Boolean).map(context.overlayOf).filter(Boolean));
  for (const overlay of overlays) {
    const words = answered(overlay);
    if (words) return words;
  }
  return '';
}
