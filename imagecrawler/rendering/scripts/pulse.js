// A short value that changes whenever the pictures a page could show have changed.
() => {
  const root = document.documentElement;
  if (!root) return { state: 'loading', pulse: '' }; // the first byte is not parsed yet
  let hash = 0, count = 0;
  const add = (text) => {
    for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
    count++;
  };
  const visit = (root) => {
    for (const element of root.querySelectorAll('img, source, video[poster], [style*="url("]')) {
      add(element.getAttribute('src') || '');
      add(element.getAttribute('srcset') || '');
      add(element.getAttribute('style') || '');
      if (element.tagName === 'IMG' && element.currentSrc) add(String(element.complete));
    }
  };
  visit(document);
  return {
    state: document.readyState,
    pulse: `${hash}/${count}/${root.scrollHeight}/${document.querySelectorAll('*').length}`,
  };
}
