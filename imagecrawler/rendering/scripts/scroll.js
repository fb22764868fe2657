// Shows every part of the page to its observers once, then returns to the top.
async (maxHeight) => {
  const frame = () => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
    setTimeout(done, 100); // a page that never draws must not stop the scrolling
  });
  const root = document.scrollingElement || document.documentElement;
  const step = Math.max(200, Math.floor(innerHeight * 0.8));
  let y = 0, steps = 0;
  while (y + innerHeight < Math.min(root.scrollHeight, maxHeight)) {
    y += step;
    steps++;
    root.scrollTo({ top: y, behavior: 'instant' });
    await frame();
  }
  root.scrollTo({ top: 0, behavior: 'instant' });
  await frame();
  return { steps, height: root.scrollHeight };
}
