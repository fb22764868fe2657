// Everything extraction needs to know of one document, as one JSON text.
(dom, context, shown, metadata, content, maxElements) => {
  const MAX_NODES = 100000, MAX_ATTRIBUTE = 20000, MAX_JSON = 1000000;
  const LEAST_EMBEDDED = 4096, MAX_EMBEDDED = 50;
  const FILE = /\.(?:jpe?g|jfif|png|webp|avif|gif)\b|\/is\/image\/|\/image\/(?:upload|fetch)\//i;
  const DATA = /^data:image\/(?:jpe?g|png|webp|avif|gif)[;,]/i;
  const cut = [];
  const odd = [];
  let letters = 16e6, embeddedLetters = 24e6, clipped = 0, surplus = false;

  // Pictures in data: addresses travel once each, apart from the elements.
  const embedded = [], numbers = new Map();
  const kept = (address) => {
    if (!address.startsWith('data:')) return address;
    if (address.length < LEAST_EMBEDDED || !DATA.test(address.slice(0, 32))) return '';
    if (!numbers.has(address)) {
      if (embedded.length === MAX_EMBEDDED || address.length > embeddedLetters) {
        surplus = true;
        return '';
      }
      embeddedLetters -= address.length;
      numbers.set(address, embedded.push(address) - 1);
    }
    return `embedded:${numbers.get(address)}`;
  };

  const clippedValue = (name, value) => {
    if (value.startsWith('data:')) return kept(value) || value.slice(0, 64);
    const isJson = /^\s*[[{]/.test(value);
    const limit = Math.min(isJson ? MAX_JSON : MAX_ATTRIBUTE, letters);
    letters -= Math.min(value.length, limit);
    if (value.length <= limit) return value;
    clipped++;
    if (isJson) return ''; // half of it cannot be read
    const end = name.endsWith('srcset') ? value.lastIndexOf(', ', limit) : limit;
    return value.slice(0, end < 0 ? limit : end);
  };
  const attributesOf = (element) => {
    const values = {};
    for (const { name, value } of dom.attributes(element)) values[name] = clippedValue(name, value);
    return values;
  };

  const names = (element) => {
    for (const { name, value } of dom.attributes(element)) {
      if (name.startsWith('data-') && FILE.test(value)) return true;
    }
    return false;
  };
  const opensFile = (element) => dom.name(element) === 'a' &&
    FILE.test((dom.attribute(element, 'href') || '').split(/[?#]/)[0]) &&
    !dom.find(element, 'img, picture, video');
  const isBig = (element) => {
    const box = dom.box(element);
    return box.width >= 150 && box.height >= 150;
  };

  const PICTURE = 'img, video[poster], input[type="image" i], svg image, object[data], ' +
    'embed[src], [data-bg], [data-background], [data-background-image], [data-bg-src]';
  const found = [];
  // One element that cannot be read costs itself, not the page.
  const guarded = (read) => {
    try {
      return read();
    } catch (error) {
      odd.push(String(error).slice(0, 200));
      return null;
    }
  };
  const look = (element) => {
    if (dom.name(element) === 'noscript') {
      for (const image of guarded(() => fallbacksIn(element)) || []) found.push([element, [], image]);
      return;
    }
    const backgrounds = guarded(() => shown.backgroundsOf(element, kept)) || [];
    if (backgrounds.length || dom.matches(element, PICTURE) || names(element) || opensFile(element) ||
      (element instanceof HTMLCanvasElement && isBig(element))) found.push([element, backgrounds]);
  };
  // Shadow roots may be nested deeper than a call stack goes.
  const visit = () => {
    const levels = [dom.findAll(document, '*').values()];
    for (let nodes = 0; levels.length; nodes++) {
      const { value: element, done } = levels.at(-1).next();
      if (done) {
        levels.pop();
        continue;
      }
      if (found.length >= maxElements || nodes >= MAX_NODES) {
        const what = nodes >= MAX_NODES ? `${MAX_NODES} elements` : `${maxElements} pictures`;
        cut.push(`what the page has beyond its first ${what} was not looked at`);
        return;
      }
      look(element);
      const shadow = dom.shadow(element);
      if (shadow) levels.push(dom.findAll(shadow, '*').values());
    }
  };

  // The text of a <noscript> is markup that nobody has parsed.
  const fallbacksIn = (element) => {
    const markup = dom.text(element);
    if (markup.length > MAX_JSON || !/<img\b/i.test(markup) || dom.closest(element, 'head')) return [];
    const inert = new DOMParser().parseFromString(markup, 'text/html');
    return [...dom.findAll(inert, 'img')].slice(0, 20);
  };
  // Its place is that of a wrapper made for it, or of the lazy image right beside it.
  const wrapperOf = (element) => {
    const parent = context.parentOf(element);
    const isOwn = parent && !dom.matches(parent, 'body, html') && dom.children(parent).length <= 3;
    return isOwn ? parent : null;
  };
  const imageBeside = (element) => {
    if (dom.name(element) !== 'noscript') return '';
    for (const beside of [dom.previous(element), dom.next(element)]) {
      const image = beside && (dom.name(beside) === 'picture' ? dom.find(beside, 'img') : beside);
      if (image && dom.name(image) === 'img') return context.pathOf(image);
    }
    return '';
  };

  const seen = globalThis.imagecrawlerSeen ||= new WeakSet();
  const describe = ([element, backgrounds, fallback], [rect, covered]) => {
    const box = fallback ? wrapperOf(element) : element;
    const isImage = element instanceof HTMLImageElement;
    const visible = Boolean(box) && shown.isVisible(box, rect);
    if (visible) seen.add(element);
    const sources = shown.sourcesOf(fallback || element);
    for (const source of sources) source.srcset = clippedValue('srcset', source.srcset);
    return {
      tag: dom.name(element), rect, visible, seen: seen.has(element),
      covered: visible && covered, beside: imageBeside(element),
      attributes: attributesOf(fallback || element),
      current_src: isImage ? kept(element.currentSrc) : '',
      natural: isImage ? [element.naturalWidth, element.naturalHeight] : [0, 0],
      sources, backgrounds, ...context.of(element),
    };
  };

  visit();
  const boxes = found.map(([element, , fallback]) => (fallback ? wrapperOf(element) : element));
  const measured = shown.measured(boxes.filter(Boolean));
  const places = boxes.map((box) => (box ? measured.shift() : [[0, 0, 0, 0], false]));
  const elements = found.map((entry, i) => guarded(() => describe(entry, places[i])))
    .filter(Boolean);
  if (surplus) cut.push('pictures in data: addresses beyond 50 or 24 MB were not looked at');
  if (clipped) cut.push(`${clipped} attributes were too long to be read as a whole`);

  const root = document.documentElement;
  const heading = dom.find(document, 'h1');
  const { skipped, ...data } = metadata;
  cut.push(...skipped);
  return JSON.stringify({
    url: location.href, base_url: document.baseURI, title: context.clip(document.title, 300),
    heading: heading ? context.clip(dom.text(heading), 300) : '',
    language: dom.attribute(root, 'lang') || '',
    viewport: [innerWidth, innerHeight], document: [dom.width(root), dom.height(root)],
    device_pixel_ratio: devicePixelRatio, user_agent: navigator.userAgent,
    elements, odd, embedded, content, cut, ...data,
  });
}
