// Steps through the gallery of the page's main picture; returns the pictures that came to be shown.
// Stops after two steps that show nothing which the document does not name already.
async (dom, maxSteps) => {
  const NEXT = new RegExp('(^|[\\s_-])(next|nächst|weiter|suivant|siguiente|avanti|successiv|' +
    'volgende|próxim|następn|nästa|næste|neste|seuraava|další|forward|(arrow|chevron)-?right|' +
    'right-?arrow)', 'i');
  const BUTTON = 'button, [role="button"], a';
  const REAL = 150, THUMBNAIL = [24, 220], LEVELS = 7;
  const frame = () => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
    setTimeout(done, 1000);
  });
  const area = (element) => {
    const { width, height } = dom.box(element);
    return Math.min(width, height) > 0 && dom.isShown(element, { visibilityProperty: true })
      ? width * height : 0;
  };
  // An image that is not loaded has its size only as a block (see snapshot.js).
  const sized = (images) => {
    for (const image of images) {
      if (image.naturalWidth || getComputedStyle(image).display !== 'inline') continue;
      dom.style(image).setProperty('display', 'inline-block', 'important');
    }
    return images;
  };
  const addressOf = (image) => image.currentSrc || image.src;

  // What leads to another page, or sends a form, is no control.
  const isControl = (element) => {
    if (dom.closest(element, '[disabled], [aria-disabled="true"], [type="submit"]')) return false;
    const link = dom.closest(element, 'a[href]');
    const href = link ? dom.attribute(link, 'href') : '#';
    return href.startsWith('#') || href.startsWith('javascript:');
  };

  const mainPicture = () => {
    let best = null, size = REAL * REAL;
    for (const image of sized([...document.images])) {
      const box = dom.box(image);
      if (Math.min(box.width, box.height) < REAL || box.top + scrollY > 2 * innerHeight) continue;
      if (area(image) > size) [best, size] = [image, area(image)];
    }
    return best;
  };

  const nextOf = (box) => [...dom.findAll(box, BUTTON)].find((each) => isControl(each) && area(each) &&
    ['aria-label', 'title', 'class'].some((name) => NEXT.test(dom.attribute(each, name) || '')));

  const thumbnailsOf = (box, main) => {
    const small = [...dom.findAll(box, 'img')].filter((image) => {
      const { width, height } = dom.box(image);
      const side = Math.max(width, height);
      return image !== main && side >= THUMBNAIL[0] && side <= THUMBNAIL[1] && isControl(image) &&
        area(image) < area(main) / 4;
    });
    return small.length > 1 ? small : [];
  };

  const controlsOf = (main) => {
    let box = dom.parent(main);
    for (let level = 0; box && level < LEVELS; level++, box = dom.parent(box)) {
      if (box === document.body) break;
      const next = nextOf(box);
      if (next) return [box, Array(maxSteps).fill(next)];
      const thumbnails = thumbnailsOf(box, main);
      if (thumbnails.length) return [box, thumbnails.slice(0, maxSteps)];
    }
    return [null, []];
  };

  const main = mainPicture();
  const [box, controls] = main ? controlsOf(main) : [null, []];
  if (!controls.length) return { place: null, shown: [] };
  const { x, y } = dom.box(main);
  const place = [x + scrollX, y + scrollY];
  const first = addressOf(main), least = area(main) * 0.4;
  const named = document.documentElement.innerHTML;
  const isNamed = (address) => {
    const file = address.split(/[?#]/)[0].split('/').pop();
    return named.includes(file.length > 7 ? file : address);
  };

  const stay = (event) => event.preventDefault();
  const links = (event) => {
    if (event.target instanceof Element && dom.closest(event.target, 'a[href]')) stay(event);
  };
  addEventListener('submit', stay, true);
  addEventListener('click', links);
  const shown = new Map();
  for (let step = 0, idle = 0; step < controls.length && idle < 2; step++) {
    for (const type of ['mouseover', 'mouseenter', 'click']) {
      controls[step].dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
    }
    await frame();
    idle++;
    for (const image of sized([...dom.findAll(box, 'img')])) {
      const address = addressOf(image);
      if (!/^https?:/.test(address) || address === first || shown.has(address)) continue;
      if (area(image) < least || isNamed(address)) continue;
      idle = 0;
      const attributes = {};
      for (const name of ['src', 'srcset', 'sizes', 'alt']) {
        const value = dom.attribute(image, name);
        if (value) attributes[name] = value.slice(0, 20000);
      }
      shown.set(address, attributes);
    }
  }
  removeEventListener('submit', stay, true);
  removeEventListener('click', links);
  return { place, shown: [...shown] };
}
