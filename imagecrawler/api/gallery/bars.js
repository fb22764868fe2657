// Horizontal bars with their labels and values: a list that reads well aloud, too.
import { html } from "./html.js";

/** `bars`: [{label, share (0 to 1), value, kind?}] */
export function Bars({ label, bars }) {
  return html`<ul class="bars" aria-label=${label}>
    ${bars.map(
      ({ label: name, share, value, kind = "" }) => html`<li key=${name} class=${kind}>
        <span>${name}</span>
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect class="track" width="100" height="6" />
          <rect class="value" width=${Math.max(0, Math.min(1, share)) * 100} height="6" />
        </svg>
        <b>${value}</b>
      </li>`,
    )}
  </ul>`;
}
