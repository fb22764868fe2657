// Shows every part of the page to its observers once, then returns to the top. Says whether the
// page goes on below maxHeight.
async (dom, maxHeight) => {
  // One frame tells scroll handlers and intersection observers (HTML, section 8.1.7.3); the
  // message comes when it is through.
  const frame = () => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    requestAnimationFrame(() => port2.postMessage(null));
    setTimeout(done, 5000); // by the page's clock: one that never draws must not stop the scrolling
  });
  const root = document.scrollingElement || document.documentElement;
  const step = Math.max(200, Math.floor(innerHeight * 0.8));
  let y = 0;
  while (y + innerHeight < Math.min(dom.height(root), maxHeight)) {
    y += step;
    dom.scrollTo(root, { top: y, behavior: 'instant' });
    await frame();
  }
  const goesOn = y + innerHeight < dom.height(root);
  dom.scrollTo(root, { top: 0, behavior: 'instant' });
  await frame();
  return goesOn;
}
