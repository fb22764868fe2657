// Steps through the gallery of the page's main picture; returns the pictures that came to be shown.
async (dom, context, stage, maxSteps) => {
  const NEXT = new RegExp('(^|[\\s_-])(next|nächst|weiter|suivant|siguiente|avanti|successiv|' +
    'volgende|próxim|następn|nästa|næste|neste|seuraava|další|forward|(arrow|chevron)[\\s_-]*right|' +
    'right[\\s_-]*(arrow|chevron))', 'i');
  const ARROW = /^\s*[›»→❯⟩〉▶▸>]\s*$/;
  const BUTTON = 'button, [role="button"], a';
  const THUMBNAIL = [24, 220], LEVELS = 7;

  const leadsOn = (element) => ARROW.test(dom.text(element)) ||
    ['aria-label', 'title', 'class'].some((name) => NEXT.test(dom.attribute(element, name) || ''));
  const nextOf = (box) => stage.allIn(box, BUTTON)
    .find((each) => stage.isControl(each) && stage.area(each) && leadsOn(each));

  const thumbnailsOf = (box) => {
    const small = stage.imagesIn(box).filter((image) => {
      const { width, height } = dom.box(image);
      const side = Math.max(width, height);
      return image !== stage.main && side >= THUMBNAIL[0] && side <= THUMBNAIL[1] &&
        stage.isControl(image) && stage.area(image) < stage.area(stage.main) / 4;
    });
    return small.length > 1 ? small : [];
  };

  const controlsOf = () => {
    for (const box of stage.around(LEVELS)) {
      const next = nextOf(box);
      if (next) return [box, Array(maxSteps).fill(next)];
      const thumbnails = thumbnailsOf(box);
      if (thumbnails.length) return [box, thumbnails.slice(0, maxSteps)];
    }
    return [null, []];
  };

  const [box, controls] = controlsOf();
  return { place: stage.place, shown: box ? await stage.shownBy(controls, box, stage.isLarge) : [] };
}
