// What the last job left out and why, the most frequent reason first.
import { html } from "./html.js";
import { Link } from "./link.js";
import { Picture } from "./picture.js";
import { job, kept, opened, rejected } from "./state.js";
import { counted, fileName, printable, shortAddress } from "./text.js";
import { reasonWords } from "./wording.js";

export function Rejected() {
  const groups = byReason(rejected.value);
  if (!groups.length) {
    return html`<div class="empty">
      <h3>Nothing was left out</h3>
      <p>Every picture of the page was kept.</p>
    </div>`;
  }
  return html`<div class="rejected">
    <p class="hint">
      Left out of ${shortAddress(job.value.sales_page_url)}: ${counted(rejected.value.length, "picture")},
      shown from the site itself where it allows that.
    </p>
    ${groups.map(([reason, items]) => html`<${Group} key=${reason} reason=${reason} items=${items} />`)}
  </div>`;
}

function byReason(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.reason, [...(groups.get(item.reason) ?? []), item]);
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

function Group({ reason, items }) {
  const [label, sentence] = reasonWords(reason);
  return html`<section class="reason">
    <h3>${label} <span>${items.length}</span></h3>
    ${sentence && html`<p>${sentence}</p>`}
    <ul class="tiles">
      ${items.map((item) => html`<${Tile} key=${item.original_url} item=${item} />`)}
    </ul>
  </section>`;
}

function Tile({ item }) {
  return html`<li class="tile">
    <div class="thumb"><${Picture} url=${item.original_url} alt="" /></div>
    <div class="body">
      <${Link} url=${item.original_url} text=${fileName(item.original_url)} />
      ${item.duplicate_of
        ? html`<${Twin} url=${item.duplicate_of} />`
        : html`<p>${printable(item.detail)}</p>`}
    </div>
  </li>`;
}

function Twin({ url }) {
  const twin = kept.value.find((image) => image.original_url === url);
  if (!twin) return html`<p>Same as <${Link} url=${url} text=${fileName(url)} /></p>`;
  const open = () => (opened.value = twin.id);
  return html`<p>Same as <button class="text" type="button" onClick=${open}>${fileName(url)}</button></p>`;
}
