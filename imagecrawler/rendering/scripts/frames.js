// The frames of a document that show something, the element of each and where it stands.
(dom, context, shown, leastSide, most) => {
  const owners = [];
  const levels = [document];
  for (const root of levels) {
    for (const element of dom.findAll(root, '*')) {
      if (['iframe', 'frame'].includes(dom.name(element))) owners.push(element);
      const shadow = dom.shadow(element);
      if (shadow) levels.push(shadow);
    }
  }
  const places = owners.map((owner) => [owner, shown.rectOf(owner)])
    .filter(([, [, , width, height]]) => Math.min(width, height) >= leastSide)
    .map(([owner, [x, y, width, height]]) => [owner, {
      x: x + dom.borderLeft(owner), y: y + dom.borderTop(owner),
      visible: shown.isVisible(owner, [x, y, width, height]), over: !!context.overlayOf(owner),
      path: context.pathOf(owner), heading: context.headingOf(owner),
      containers: context.containersOf(owner),
    }]);
  const near = places.slice(0, most);
  return [
    JSON.stringify({ places: near.map(([, place]) => place), all: places.length }),
    ...near.map(([owner]) => owner),
  ];
}
