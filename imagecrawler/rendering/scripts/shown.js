// What the browser shows of an element: its box, its backgrounds, the sources of its picture.
(dom) => {
  // Of the page: a frame is seen as far as it is scrolled, and placed by the page.
  const [left, top] = window === window.top ? [scrollX, scrollY] : [0, 0];
  const rectOf = (element) => {
    const box = dom.box(element);
    // Zeros are for what is nowhere: an empty box in the corner has the least height there is.
    if (!box.x && !box.y && !box.width && !box.height) {
      return dom.boxes(element).length ? [left, top, 0, 1 / 64] : [0, 0, 0, 0];
    }
    return [box.x + left, box.y + top, box.width, box.height];
  };

  // Many fade in once they are loaded, which here they never are.
  const waits = (element) => element instanceof HTMLImageElement && !element.naturalWidth &&
    getComputedStyle(element).opacity === '0' && dom.parent(element);
  const fadesIn = (element) => waits(element) && dom.isShown(element, { visibilityProperty: true }) &&
    dom.isShown(dom.parent(element), { opacityProperty: true });
  const isVisible = (element, rect) => rect[2] > 0 && rect[3] > 0 &&
    (dom.isShown(element, { opacityProperty: true, visibilityProperty: true }) || fadesIn(element));

  // Whether something else lies on its middle; only what is in the viewport can be asked.
  const isCovered = (element, rect) => {
    const x = rect[0] + rect[2] / 2 - left, y = rect[1] + rect[3] / 2 - top;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
    const highest = dom.rootOf(element).elementFromPoint(x, y);
    if (!highest || dom.contains(highest, element) || dom.contains(element, highest)) return false;
    // what lies over it in its own frame (a link, a magnifier) belongs to it
    const frame = dom.parent(element) && rectOf(dom.parent(element));
    const isFramed = frame && frame[2] * frame[3] <= 2 * rect[2] * rect[3];
    return !isFramed || !dom.contains(dom.parent(element), highest);
  };

  // Layers of a computed background, each as a srcset: image-set() names versions of one picture.
  const TOKEN = /url\("((?:[^"\\]|\\.)*)"\)|([\d.]+)(?:dppx|x)\b|"(?:[^"\\]|\\.)*"|[(),]/g;
  const layersOf = (value, kept) => {
    const layers = [[]];
    let depth = 0;
    for (const [token, url, density] of value.matchAll(TOKEN)) {
      const layer = layers.at(-1);
      if (url !== undefined) {
        const address = kept(url.replace(/\\(.)/g, '$1')).replace(/\s/g, '%20').replace(/,$/, '%2C');
        if (address) layer.push([address]);
      } else if (density && layer.length) layer.at(-1)[1] = `${density}x`;
      else if (token === '(') depth++;
      else if (token === ')') depth--;
      else if (token === ',' && !depth) layers.push([]);
    }
    return layers.filter((layer) => layer.length)
      .map((layer) => layer.map((source) => source.join(' ')).join(', '));
  };

  const backgroundsOf = (element, kept) => {
    const layers = [];
    for (const pseudo of [null, '::before', '::after']) {
      const { backgroundImage, content } = getComputedStyle(element, pseudo);
      if (pseudo && content === 'none') continue;
      if (backgroundImage.includes('url(')) layers.push(...layersOf(backgroundImage, kept));
      if (content.includes('url(')) layers.push(...layersOf(content, kept));
    }
    return layers;
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

  // As high as its frame and as wide as its alternative text, for what it will be is not known.
  const LINE = 32;
  const hasOnlyHeight = (element, [, , width, height]) => {
    if (height < LINE || width >= height) return false;
    const is = (name) => String(dom.computed(element).get(name));
    return is('width') === 'auto' && is('height') !== 'auto' && is('aspect-ratio') === 'auto';
  };
  // A percentage of nothing definite gives no height: there the ratio makes one of the width.
  const squared = (elements, set, unset) => {
    const high = elements.map((each) => [each, rectOf(each)])
      .filter(([each, rect]) => hasOnlyHeight(each, rect));
    high.forEach(([each]) => set(each, 'aspect-ratio', '1'));
    high.map(([each, rect]) => [each, Math.abs(rectOf(each)[3] - rect[3])])
      .forEach(([each, grown]) => grown > 1 && unset(each));
  };

  // An image that is not loaded is laid out as its alternative text, in spite of its width and
  // height (HTML, section 15.4.3), unless it is no inline box. Where it would be as wide as that
  // text, it is taken to be square. The page is left as it was.
  const measured = (elements) => {
    const styles = new Map();
    const set = (element, name, value) => {
      if (!styles.has(element)) styles.set(element, dom.attribute(element, 'style'));
      dom.style(element).setProperty(name, value, 'important');
    };
    const missing = elements.filter((each) => each instanceof HTMLImageElement && !each.naturalWidth);
    try {
      missing.filter((each) => getComputedStyle(each).display === 'inline')
        .forEach((each) => set(each, 'display', 'inline-block'));
      squared(missing, set, (each) => dom.style(each).removeProperty('aspect-ratio'));
      const rects = elements.map(rectOf);
      return elements.map((element, i) => [rects[i], isCovered(element, rects[i])]);
    } finally {
      for (const [element, style] of styles) {
        // even where there was none: Chromium removes no attribute that it has not written yet
        dom.setAttribute(element, 'style', style ?? '');
        if (style === null) dom.removeAttribute(element, 'style');
      }
    }
  };

  return { rectOf, isVisible, backgroundsOf, sourcesOf, measured };
}
