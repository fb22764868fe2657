// The page's main picture, and what comes to be shown when controls beside it are pressed.
(dom, context) => {
  const REAL = 150, MAX_NODES = 20000, LEAST_FRAMES = 4;
  // Milliseconds by the page's clock, of which nine pass in one of the wall's (clock.py), but not in
  // a frame of another process: of a transition, and of two frames, which on a busy machine take a
  // third of a second. What does not draw in that time, MOST_UNDRAWN times, shows nothing either.
  const TRANSITION = 1000, PATIENCE = window === window.top ? 3000 : 1000, MOST_UNDRAWN = 2;
  // Of the window: a picture that is wider is a banner.
  const WIDEST = 0.6;
  // Pixels. An image that is not loaded and as high as its width asks for (`height: auto`) is as
  // high as a line of text: it counts as a square.
  const sidesOf = (element) => {
    const { width, height } = dom.box(element);
    const isCollapsed = element instanceof HTMLImageElement && !element.naturalWidth &&
      height < REAL && width >= REAL && width <= WIDEST * innerWidth;
    return [width, isCollapsed && !dom.attribute(element, 'height') ? width : height];
  };
  const area = (element) => {
    const [width, height] = sidesOf(element);
    return Math.min(width, height) > 0 && dom.isShown(element, { visibilityProperty: true })
      ? width * height : 0;
  };

  // Below an element or document, shadow roots included, which may be nested deeper than a call
  // stack goes.
  const rootsIn = (root) => {
    const roots = [root];
    let left = MAX_NODES;
    for (const each of roots) {
      const own = each instanceof Element && dom.shadow(each);
      if (own) roots.push(own);
      for (const element of dom.findAll(each, '*')) {
        if (!left--) return roots;
        const shadow = dom.shadow(element);
        if (shadow) roots.push(shadow);
      }
    }
    return roots;
  };
  const allIn = (root, selector) => rootsIn(root).flatMap((each) => [...dom.findAll(each, selector)]);

  // An image that is not loaded has its size only as a block (see shown.js).
  const imagesIn = (root) => {
    const images = allIn(root, 'img');
    for (const image of images) {
      if (image.naturalWidth || getComputedStyle(image).display !== 'inline') continue;
      dom.style(image).setProperty('display', 'inline-block', 'important');
    }
    return images;
  };
  const addressOf = (image) => image.currentSrc || image.src;

  const mainPicture = () => {
    let best = null, size = REAL * REAL;
    for (const image of imagesIn(document)) {
      const isLow = dom.box(image).top + scrollY > 2 * innerHeight;
      if (isLow || Math.min(...sidesOf(image)) < REAL) continue;
      if (area(image) > size) [best, size] = [image, area(image)];
    }
    return best;
  };

  // What leads to another page, or sends a form, is no control.
  const isControl = (element) => {
    if (dom.closest(element, '[disabled], [aria-disabled="true"], [type="submit"]')) return false;
    const link = dom.closest(element, 'a[href]');
    const href = link ? dom.attribute(link, 'href') : '#';
    return href.startsWith('#') || href.startsWith('javascript:');
  };

  let undrawn = 0;
  const frame = () => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
    setTimeout(done, PATIENCE, true);
  }).then((late) => { undrawn += late === true; });
  // What has begun to change may show its next picture only after a transition, or once an
  // observer has seen the box that it comes into.
  const press = async (control, scope) => {
    const before = new Set(imagesIn(scope).map(addressOf));
    let mutated = false, late = false;
    const observer = new MutationObserver(() => { mutated = true; });
    for (const root of rootsIn(scope)) {
      observer.observe(root, { subtree: true, childList: true, attributes: true });
    }
    for (const type of ['mouseover', 'mouseenter', 'click']) {
      const event = new MouseEvent(type, { bubbles: true, cancelable: true, composed: true });
      control.dispatchEvent(event);
    }
    setTimeout(() => { late = true; }, TRANSITION);
    for (let frames = 0; (frames < LEAST_FRAMES || !late) && undrawn < MOST_UNDRAWN; frames++) {
      await frame();
      if (!mutated || imagesIn(scope).some((image) => !before.has(addressOf(image)))) break;
    }
    observer.disconnect();
  };

  const attributesOf = (image) => {
    const attributes = {};
    for (const name of ['src', 'srcset', 'sizes', 'alt']) {
      const value = dom.attribute(image, name);
      if (value) attributes[name] = value.slice(0, 20000);
    }
    return attributes;
  };

  const stay = (event) => event.preventDefault();
  const links = (event) => {
    const target = event.composedPath()[0];
    if (target instanceof Element && dom.closest(target, 'a[href]')) stay(event);
  };

  // Presses one after the other, and gives the pictures that came to be shown in the scope, as
  // [address, attributes]. Stops after two that show nothing which the document did not name.
  const shownBy = async (controls, scope, isShown) => {
    const images = imagesIn(document);
    const named = document.documentElement.innerHTML + images.map((image) =>
      [addressOf(image), dom.attribute(image, 'srcset')].join(' ')).join(' ');
    const isNamed = (address) => {
      const file = address.split(/[?#]/)[0].split('/').pop();
      return named.includes(file.length > 7 ? file : address);
    };
    const shown = new Map();
    addEventListener('submit', stay, true);
    addEventListener('click', links);
    for (let step = 0, idle = 0; step < controls.length && idle < 2 && undrawn < MOST_UNDRAWN; step++) {
      await press(controls[step], scope);
      idle++;
      for (const image of imagesIn(scope)) {
        const address = addressOf(image);
        if (!/^https?:/.test(address) || shown.has(address)) continue;
        if (!isShown(image) || isNamed(address)) continue;
        idle = 0;
        shown.set(address, attributesOf(image));
      }
    }
    removeEventListener('submit', stay, true);
    removeEventListener('click', links);
    return [...shown];
  };

  const main = mainPicture();
  const size = main ? area(main) : 0;
  const { x, y } = main ? dom.box(main) : { x: 0, y: 0 };
  const [left, top] = window === window.top ? [scrollX, scrollY] : [0, 0];
  return {
    main, area, allIn, imagesIn, isControl, shownBy,
    place: main ? [x + left, y + top] : null,
    isLarge: (image) => area(image) >= 0.4 * size,
    // The main picture's surroundings, the nearest first.
    *around(levels) {
      let box = main && context.parentOf(main);
      for (let level = 0; box && level < levels; level++, box = context.parentOf(box)) {
        if (box === document.body) break;
        yield box;
      }
    },
  };
}
