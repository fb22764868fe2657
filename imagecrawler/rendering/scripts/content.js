// What the document shows and loads beside its pictures, as far as it tells a sales page from what
// a site shows in its place.
(dom, context) => {
  const MOST_LETTERS = 1600, MAX_NODES = 50000;
  const UNREAD = new Set(['script', 'style', 'noscript', 'template', 'title']);
  const VISIBLE = { opacityProperty: true, visibilityProperty: true };
  const isShown = context.once((element) => dom.isShown(element, VISIBLE));
  const attribute = (element, name) => dom.attribute(element, name) || '';
  const first = (selector, most) => [...dom.findAll(document, selector)].slice(0, most);

  const shownIn = (root, text) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let left = MAX_NODES; left && text.length < MOST_LETTERS && walker.nextNode(); left--) {
      const node = walker.currentNode, parent = context.parentOf(node);
      if (!parent || UNREAD.has(dom.name(parent)) || !/\S/.test(dom.text(node))) continue;
      if (isShown(parent)) text += ` ${context.clip(dom.text(node), MOST_LETTERS)}`;
    }
    return text;
  };
  // Most pages have said enough before anybody needs to look for their shadow roots.
  const displayed = () => {
    let text = shownIn(document, '');
    const roots = [document];
    for (let i = 0, left = MAX_NODES; i < roots.length && text.length < MOST_LETTERS; i++) {
      if (i) text = shownIn(roots[i], text);
      for (const element of dom.findAll(roots[i], '*')) {
        const shadow = left-- > 0 && dom.shadow(element);
        if (shadow) roots.push(shadow);
      }
    }
    return text.trim();
  };

  const BUTTON = 'button, input[type="submit" i], [role="button"], a[class*="btn" i], ' +
    'a[class*="button" i], a[class*="cart" i], a[class*="buy" i]';
  const wordsOf = (element) =>
    context.clip(dom.text(element) || attribute(element, 'value') || attribute(element, 'aria-label'), 60);
  const BESIDE = 'header, nav, footer, aside, dialog, [role="dialog"], [aria-modal="true"]';
  const LOADED = 'script[src], iframe[src], form[action], meta[http-equiv="refresh" i]';
  const addressOf = (element) => ['src', 'action', 'content'].map((name) => attribute(element, name))
    .find(Boolean) || '';
  const MARKED = '[id*="captcha" i], [class*="captcha" i], [class*="turnstile" i], [data-sitekey], ' +
    '[id*="challenge" i], [id^="sec-if" i], [id^="sec-cpt" i]';

  return {
    text: displayed().slice(0, MOST_LETTERS),
    buttons: first(BUTTON, 300).map(wordsOf).filter(Boolean),
    passwords: first('input[type="password" i]', 20)
      .filter((field) => isShown(field) && !dom.closest(field, BESIDE)).length,
    loaded: first(LOADED, 200).map((each) => addressOf(each).slice(0, 200)),
    scripts: first('script:not([src]):not([type*="json"])', 30)
      .map((script) => context.clip(dom.text(script).slice(0, 1000), 200)).filter(Boolean),
    marks: first(MARKED, 20).filter(isShown)
      .map((each) => `${attribute(each, 'id')} ${attribute(each, 'class')}`.slice(0, 200).trim()),
  };
}
