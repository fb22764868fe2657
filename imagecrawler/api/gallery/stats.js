// The campaign in figures, drawn from the pictures on the page so that both always agree.
import { html } from "./html.js";
import { Bars } from "./bars.js";
import { kept } from "./state.js";
import { counted, fileSize } from "./text.js";
import { TYPES } from "./wording.js";

const BINS = 10;

export function Stats() {
  const images = kept.value;
  if (!images.length) return null;
  const scores = images.map((image) => image.quality_score);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const bytes = images.reduce((sum, image) => sum + image.file_size, 0);
  return html`<section class="stats" aria-label="Statistics">
    <dl class="figures">
      <div><dt>${images.length === 1 ? "Picture" : "Pictures"}</dt><dd>${images.length}</dd></div>
      <div><dt>Average score</dt><dd>${mean.toFixed(1)}</dd></div>
      <div><dt>Best score</dt><dd>${Math.max(...scores).toFixed(1)}</dd></div>
      <div><dt>Total size</dt><dd>${fileSize(bytes)}</dd></div>
    </dl>
    <${Bars} label="Pictures by type" bars=${TYPES.map((type) => typeBar(images, type))} />
    <${Histogram} scores=${scores} />
  </section>`;
}

function typeBar(images, { name: kind, label, is }) {
  const value = images.filter(is).length;
  return { kind, label, value, share: value / images.length };
}

function Histogram({ scores }) {
  const counts = Array.from({ length: BINS }, () => 0);
  for (const score of scores) counts[Math.min(BINS - 1, Math.floor((score * BINS) / 100))] += 1;
  const most = Math.max(...counts);
  return html`<figure class="histogram">
    <svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label=${spoken(counts)}>
      ${counts.map((count, bin) => html`<${Column} key=${bin} bin=${bin} count=${count} most=${most} />`)}
    </svg>
    <figcaption><span>0</span><span>Score</span><span>100</span></figcaption>
  </figure>`;
}

function Column({ bin, count, most }) {
  const height = count ? Math.max(2, (count / most) * 40) : 0.75;
  const range = rangeOf(bin);
  return html`<rect
    class=${count ? "value" : "track"} x=${bin * 10 + 0.75} y=${40 - height}
    width="8.5" height=${height}
  >
    <title>${counted(count, "picture")} with a score of ${range}</title>
  </rect>`;
}

function rangeOf(bin) {
  return bin === BINS - 1 ? "90 to 100" : `${bin * 10} to ${bin * 10 + 9}`;
}

function spoken(counts) {
  const parts = counts.flatMap((count, bin) => (count ? [`${rangeOf(bin)}: ${count}`] : []));
  return `Pictures by score. ${parts.join(", ")}.`;
}
