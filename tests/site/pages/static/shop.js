// What every page of the shop does: asks for cookies, counts the visit, swaps in lazy pictures.
const PIXEL = '/pixel.gif?page=' + encodeURIComponent(location.pathname);

function askForCookies() {
  if (localStorage.getItem('consent')) return;
  const dialog = document.createElement('div');
  dialog.className = 'consent';
  dialog.setAttribute('role', 'dialog');
  dialog.innerHTML = `<div><h2>Crumbs on the trail</h2>
    <p>We use cookies to remember your cart and to learn which pages are read. You choose.</p>
    <button class="yes" id="accept-cookies">Accept all</button><button>Only what is needed</button></div>`;
  dialog.addEventListener('click', event => {
    if (event.target.tagName !== 'BUTTON') return;
    localStorage.setItem('consent', event.target.textContent);
    dialog.remove();
  });
  document.body.append(dialog);
}

function countVisit() {
  const pixel = new Image(1, 1);
  pixel.src = PIXEL;
  pixel.alt = '';
  pixel.style.position = 'absolute';
  document.body.append(pixel);
}

const lazy = new IntersectionObserver(entries => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    lazy.unobserve(target);
    if (target.dataset.srcset) target.srcset = target.dataset.srcset;
    target.addEventListener('load', () => target.classList.remove('blur'), { once: true });
    target.src = target.dataset.src;
  }
}, { rootMargin: '120px' });

function watchLazyPictures(root = document) {
  root.querySelectorAll('img[data-src]').forEach(picture => lazy.observe(picture));
}

addEventListener('DOMContentLoaded', () => {
  watchLazyPictures();
  countVisit();
  setTimeout(askForCookies, 400);
});
