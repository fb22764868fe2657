// The large view of one picture: a modal dialog, so the browser keeps the focus inside.
import { html, useLayoutEffect, useRef, useState } from "./html.js";
import { Bars } from "./bars.js";
import { copyQuietly } from "./clipboard.js";
import { deleteLater } from "./deletion.js";
import { Badges } from "./grid.js";
import { Icon } from "./icons.js";
import { Link } from "./link.js";
import { Picture } from "./picture.js";
import { opened, shown } from "./state.js";
import { counted, fileName, moment, printable } from "./text.js";
import { factsOf, placesOf, scoreParts, titleOf } from "./wording.js";

export function Detail() {
  const place = shown.value.findIndex((image) => image.id === opened.value);
  return place < 0 ? null : html`<${Dialog} image=${shown.value[place]} place=${place} />`;
}

function Dialog({ image, place }) {
  const dialog = useRef(null);
  useLayoutEffect(() => showModal(dialog.current), []);
  const close = () => (opened.value = null);
  const onClick = (event) => event.target === dialog.current && close();
  return html`<dialog
    ref=${dialog} class="detail" aria-labelledby="detail-name"
    onClose=${close} onClick=${onClick} onKeyDown=${(event) => leaf(event, place)}
  >
    <button class="close" type="button" aria-label="Close" onClick=${close}>
      <${Icon} name="close" />
    </button>
    <${Stage} image=${image} place=${place} />
    <div class="about" key=${image.id}>
      <${Badges} image=${image} />
      <h2 id="detail-name">${titleOf(image)}</h2>
      <p class="facts">${factsOf(image).join(" · ")}</p>
      <${CopyLine} url=${image.cdn_url} />
      <${Score} image=${image} />
      <${Origin} image=${image} />
      <button class="danger" type="button" onClick=${() => discard(image)}>
        <${Icon} name="trash" />Delete picture
      </button>
    </div>
  </dialog>`;
}

function Stage({ image, place }) {
  return html`<div class="stage">
    <${Picture}
      key=${image.id} url=${image.cdn_url} alt=${titleOf(image)}
      width=${image.width} height=${image.height} eager
    />
    <nav class="steps" aria-label="Pictures">
      <${Step} label="Previous picture" icon="previous" to=${place - 1} />
      <p aria-live="polite">${place + 1} of ${shown.value.length}</p>
      <${Step} label="Next picture" icon="next" to=${place + 1} />
    </nav>
  </div>`;
}

function Step({ label, icon, to }) {
  return html`<button
    type="button" aria-label=${label} aria-disabled=${String(!shown.value[to])}
    onClick=${() => show(to)}
  >
    <${Icon} name=${icon} />
  </button>`;
}

function show(place) {
  if (shown.value[place]) opened.value = shown.value[place].id;
}

function leaf(event, place) {
  if (event.target instanceof HTMLInputElement) return;
  if (event.key === "ArrowRight") show(place + 1);
  if (event.key === "ArrowLeft") show(place - 1);
}

function showModal(dialog) {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    // While it is open, nothing outside can take the focus.
    dialog.close();
    returnFocus(before);
  };
}

// The card may have been drawn anew meanwhile, so it is looked up, not remembered.
let lastOpened = null;
opened.subscribe((id) => (lastOpened = id ?? lastOpened));

function returnFocus(before) {
  const card = document.querySelector(`.open[data-image="${CSS.escape(lastOpened)}"]`);
  const place = card ?? (before.isConnected ? before : document.getElementById("main"));
  place?.focus({ preventScroll: !card });
}

function discard(image) {
  opened.value = null;
  deleteLater(image);
}

function CopyLine({ url }) {
  const [said, setSaid] = useState("");
  const run = async () => setSaid((await copyQuietly(url)) ? "Copied" : "Copy it by hand");
  return html`<div class="copyline">
    <label class="unseen" for="cdn-url">Link to the picture</label>
    <input
      id="cdn-url" readonly value=${url} onFocus=${(event) => event.currentTarget.select()}
    />
    <button class="primary" type="button" onClick=${run}>
      <${Icon} name=${said === "Copied" ? "check" : "copy"} />
      <span aria-live="polite">${said || "Copy link"}</span>
    </button>
  </div>`;
}

function Score({ image }) {
  const parts = scoreParts(image.metadata?.score_breakdown).map(([label, share]) => ({
    label,
    share,
    value: Math.round(share * 100),
  }));
  return html`<section class="score-parts">
    <h3>Score <b>${image.quality_score.toFixed(1)}</b><small> of 100</small></h3>
    ${parts.length > 0 && html`<${Bars} label="What the score is made of" bars=${parts} />`}
  </section>`;
}

function Origin({ image }) {
  const { page_url: page, sources, duplicates = [] } = image.metadata ?? {};
  const original = image.original_url;
  const facts = [
    ["Page", page && html`<${Link} url=${page} />`],
    ["Original", original && html`<${Link} url=${original} text=${fileName(original)} />`],
    ["Found in", placesOf(sources)],
    ["Collected", moment(image.scraped_at)],
    ["Alt text", printable(image.alt_text) || html`<i>none on the page</i>`],
    ["Used", image.times_used > 0 && counted(image.times_used, "time")],
  ];
  return html`<section>
    <h3>Where it comes from</h3>
    <dl>
      ${facts.filter(([, said]) => said).map(([name, said]) => html`<dt>${name}</dt><dd>${said}</dd>`)}
    </dl>
    ${duplicates.length > 0 && html`<${Twins} urls=${duplicates} />`}
  </section>`;
}

function Twins({ urls }) {
  return html`<details>
    <summary>Stands for ${counted(urls.length, "duplicate")}</summary>
    <ul class="twins">
      ${urls.map(
        (url) => html`<li key=${url}>
          <${Picture} url=${url} alt="" /><${Link} url=${url} text=${fileName(url)} />
        </li>`,
      )}
    </ul>
  </details>`;
}
