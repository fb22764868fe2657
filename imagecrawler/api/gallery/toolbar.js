// Which pictures are shown, and in which order.
import { html } from "./html.js";
import { filter, job, kept, order, rejected, shown } from "./state.js";
import { counted } from "./text.js";
import { TYPES } from "./wording.js";

const ORDERS = [
  { name: "score", label: "Best score" },
  { name: "newest", label: "Newest" },
  { name: "size", label: "Largest" },
];

export function Toolbar() {
  if (!kept.value.length && !job.value?.result) return null;
  const count = filter.value === "rejected" ? rejected.value.length : shown.value.length;
  return html`<div class="toolbar">
    <div class="chips" role="group" aria-label="Show">
      <${Chip} name="all" label="All" count=${kept.value.length} />
      ${TYPES.map(
        ({ name, label, is }) =>
          html`<${Chip} key=${name} name=${name} label=${label} count=${kept.value.filter(is).length} />`,
      )}
      ${job.value?.result &&
      html`<${Chip} name="rejected" label="Left out" count=${rejected.value.length} />`}
    </div>
    <label class="sort"><span>Sort by</span>
      <select
        value=${order.value} disabled=${filter.value === "rejected"}
        onChange=${(event) => (order.value = event.currentTarget.value)}
      >
        ${ORDERS.map(({ name, label }) => html`<option key=${name} value=${name}>${label}</option>`)}
      </select>
    </label>
    <p class="unseen" role="status">${counted(count, "picture")} shown</p>
  </div>`;
}

function Chip({ name, label, count }) {
  const chosen = filter.value === name;
  return html`<button
    class=${`chip ${name}`} type="button" aria-pressed=${String(chosen)}
    onClick=${() => (filter.value = name)}
  >
    <i aria-hidden="true"></i>${label} <span>${count}</span>
  </button>`;
}
