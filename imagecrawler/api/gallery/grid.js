// The pictures of the campaign as cards.
import { html, useRef } from "./html.js";
import { copy } from "./clipboard.js";
import { deleteLater } from "./deletion.js";
import { Icon } from "./icons.js";
import { Picture } from "./picture.js";
import { drawn, filter, fresh, kept, loading, opened, shown, STEP } from "./state.js";
import { factsOf, titleOf, typesOf } from "./wording.js";

const GHOSTS = [1, 2, 3, 4, 5, 6, 7, 8];

export function Grid() {
  const list = useRef(null);
  const rest = shown.value.length - drawn.value;
  if (!kept.value.length && loading.value.state === "loading") return html`<${Ghosts} />`;
  if (!kept.value.length) return html`<${Nothing} />`;
  if (!shown.value.length) return html`<${NothingOfType} />`;
  return html`<ul class="grid" ref=${list}>
    ${shown.value.slice(0, drawn.value).map(
      (image) => html`<${Card}
        key=${image.id} image=${image} onDelete=${() => remove(image, list.current)}
      />`,
    )}
  </ul>
  ${rest > 0 &&
  html`<p class="more">
    <button type="button" onClick=${() => drawMore(list.current)}>
      Show ${Math.min(rest, STEP)} more
    </button>
  </p>`}`;
}

function drawMore(list) {
  const first = list.children.length;
  drawn.value += STEP;
  requestAnimationFrame(() => focusCard(list.children[first]));
}

function remove(image, list) {
  const place = shown.value.indexOf(image);
  deleteLater(image);
  // Once it is drawn again, the neighbour in this place takes the focus.
  requestAnimationFrame(() => {
    const next = list.children[Math.min(place, list.children.length - 1)];
    focusCard(next);
  });
}

function focusCard(card) {
  const place = card?.querySelector(".open") ?? document.getElementById("main");
  place.focus({ preventScroll: true });
}

function Card({ image, onDelete }) {
  const name = titleOf(image);
  const [size, ...facts] = factsOf(image);
  const onKeyDown = (event) => event.key === "Delete" && onDelete();
  const isNew = fresh.value.has(image.id);
  return html`<li class=${`card ${isNew ? "fresh" : ""}`}>
    <button
      class="open" type="button" data-image=${image.id} aria-label=${`Open ${name}`}
      onClick=${() => (opened.value = image.id)} onKeyDown=${onKeyDown}
    >
      <${Picture} url=${image.cdn_url} alt="" width=${image.width} height=${image.height} />
    </button>
    ${isNew && html`<span class="badge new">New</span>`}
    <div class="body">
      <div class="head">
        <${Badges} image=${image} />
        <p class="score"><span class="unseen">Score </span>${image.quality_score.toFixed(0)}</p>
      </div>
      <p class="alt">${name}</p>
      <p class="facts">${size}<span> · ${facts.join(" · ")}</span></p>
    </div>
    <div class="actions">
      <${Action} icon="copy" title="Copy link" of=${name} run=${() => copy(image.cdn_url)} />
      <${Action} icon="trash" title="Delete" of=${name} run=${onDelete} />
    </div>
  </li>`;
}

function Action({ icon, title, of, run }) {
  return html`<button type="button" title=${title} aria-label=${`${title}: ${of}`} onClick=${run}>
    <${Icon} name=${icon} />
  </button>`;
}

export function Badges({ image }) {
  return html`<p class="badges">
    ${typesOf(image).map(
      ({ name, label }) => html`<span key=${name} class=${`badge ${name}`}>${label}</span> `,
    )}
  </p>`;
}

function Ghosts() {
  return html`<div role="status"><span class="unseen">Loading pictures …</span>
    <div class="grid" aria-hidden="true">
      ${GHOSTS.map((each) => html`<div key=${each} class="card ghost"></div>`)}
    </div>
  </div>`;
}

function Nothing() {
  return html`<div class="empty">
    <${Icon} name="picture" />
    <h3>No pictures yet</h3>
    <p>Paste the address of a sales page above, and its best pictures appear here.</p>
  </div>`;
}

function NothingOfType() {
  return html`<div class="empty">
    <h3>Nothing of this type</h3>
    <p>The campaign has pictures, but none like this.</p>
    <button type="button" onClick=${() => (filter.value = "all")}>Show all</button>
  </div>`;
}
