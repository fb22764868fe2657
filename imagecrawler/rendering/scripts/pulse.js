// A short value that changes whenever the pictures a page could show have changed.
(dom) => {
  const root = document.documentElement;
  if (!root) return { state: 'loading', pulse: '' }; // the first byte is not parsed yet
  const PICTURE = 'img, source, video[poster], [style*="url("]';
  let hash = 0, count = 0, elements = 0;
  const add = (text) => {
    for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
    count++;
  };
  // Shadow roots may be nested deeper than a call stack goes.
  const roots = [document];
  for (const root of roots) {
    for (const element of dom.findAll(root, PICTURE)) {
      for (const name of ['src', 'srcset', 'style']) add(dom.attribute(element, name) || '');
      if (element instanceof HTMLImageElement && element.currentSrc) add(String(element.complete));
    }
    for (const element of dom.findAll(root, '*')) {
      elements++;
      const shadow = dom.shadow(element);
      if (shadow) roots.push(shadow);
    }
  }
  return { state: document.readyState, pulse: `${hash}/${count}/${dom.height(root)}/${elements}` };
}
