// Chooses the product's other colours; returns the pictures that came to be shown.
async (dom, context, stage, maxSteps) => {
  const COLOUR = new RegExp('colou?r|farb|couleur|coloris|kleur|(^|[\\s_-])cor([\\s_-]|$)|' +
    'färg|farge|farve|väri|kolor|barva', 'i');
  const OTHER = new RegExp('size|größe|grösse|taille|talla|taglia|maat|tamanho|storlek|størrel|' +
    'koko|rozmiar|velikost|quantity|amount', 'i');
  const CHOICE = 'button, [role="button"], [role="radio"], [role="option"], input[type="radio"], a';
  const CHOSEN = ':checked, [aria-checked="true"], [aria-pressed="true"], [aria-selected="true"]';
  const LEVELS = 10, GROUP_LEVELS = 3;
  const WORDS = ['aria-label', 'title', 'class', 'id', 'name', 'data-option-name'];
  const wordsOf = (node) => WORDS.map((name) => dom.attribute(node, name) || '').join(' ');

  // By the nearest words about it, its own or its group's. A swatch is one where nothing else is said.
  const isColour = (choice, box) => {
    let node = choice, isSwatch = false;
    for (let level = 0; node && node !== box && level <= GROUP_LEVELS; level++) {
      const words = wordsOf(node);
      if (COLOUR.test(words)) return true;
      if (OTHER.test(words)) return false;
      isSwatch ||= /swatch/i.test(words);
      node = context.parentOf(node);
    }
    return isSwatch;
  };
  // A radio button often hides behind its label.
  const isShown = (choice) => stage.area(choice) > 0 ||
    [...(choice.labels || [])].some((label) => stage.area(label) > 0);
  const coloursIn = (box) => stage.allIn(box, CHOICE).filter((choice) => isColour(choice, box) &&
    stage.isControl(choice) && isShown(choice) && dom.box(choice).top + scrollY < 2 * innerHeight);

  for (const box of stage.around(LEVELS)) {
    const colours = coloursIn(box);
    if (colours.length < 2) continue;
    const others = colours.filter((each) => !dom.matches(each, CHOSEN)).slice(0, maxSteps);
    return { place: stage.place, shown: await stage.shownBy(others, box, stage.isLarge) };
  }
  return { place: stage.place, shown: [] };
}
