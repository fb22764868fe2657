// What the browser shows of an element: its box, its backgrounds, the sources of its picture.
(dom) => {
  // Of the page: a frame is seen as far as it is scrolled, and placed by the page.
  const [left, top] = window === window.top ? [scrollX, scrollY] : [0, 0];
  const rectOf = (element) => {
    const box = dom.box(element);
    return [box.x + left, box.y + top, box.width, box.height];
  };

  const isVisible = (element, rect) => rect[2] > 0 && rect[3] > 0 &&
    dom.isShown(element, { opacityProperty: true, visibilityProperty: true });

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

  // As high as its frame and as wide as it happens to be, which is not known yet.
  const hasOnlyHeight = (element) => {
    const style = dom.computed(element);
    return style.get('width').value === 'auto' && style.get('height').value !== 'auto';
  };

  // An image that is not loaded is laid out as its alternative text, in spite of its width and
  // height (HTML, section 15.4.3), unless it is no inline box. Where it would be as wide as that
  // text, it is taken to be square.
  const measured = (elements) => {
    const styles = new Map();
    const set = (element, name, value) => {
      if (!styles.has(element)) styles.set(element, dom.attribute(element, 'style'));
      dom.style(element).setProperty(name, value, 'important');
    };
    const missing = elements.filter((each) => each instanceof HTMLImageElement && !each.naturalWidth);
    missing.filter((each) => getComputedStyle(each).display === 'inline')
      .forEach((each) => set(each, 'display', 'inline-block'));
    missing.filter(hasOnlyHeight).forEach((each) => {
      set(each, 'display', 'inline-block');
      set(each, 'aspect-ratio', '1');
    });
    const rects = elements.map(rectOf);
    const covered = elements.map((element, i) => isCovered(element, rects[i]));
    for (const [element, style] of styles) {
      if (style === null) dom.removeAttribute(element, 'style');
      else dom.setAttribute(element, 'style', style);
    }
    return elements.map((_, i) => [rects[i], covered[i]]);
  };

  return { rectOf, isVisible, backgroundsOf, sourcesOf, measured };
}
