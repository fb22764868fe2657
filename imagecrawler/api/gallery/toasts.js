// Short messages at the foot of the page. The clock of one stops while it is pointed at.
import { html, signal } from "./html.js";

const SECONDS = 6;

const toasts = signal([]);
let last = 0;

/** Show a message; `onEnd` runs when its time is up. Returns the id that dismisses it. */
export function toast(message, { action = null, onEnd = null, bad = false } = {}) {
  const entry = { id: ++last, message, action, onEnd, bad, left: SECONDS * 1000 };
  toasts.value = [...toasts.value, entry];
  start(entry);
  return entry.id;
}

/** Take a message away without running its `onEnd`. */
export function dismiss(id) {
  const entry = toasts.value.find((each) => each.id === id);
  if (!entry) return;
  clearTimeout(entry.timer);
  toasts.value = toasts.value.filter((each) => each !== entry);
}

function start(entry) {
  clearTimeout(entry.timer);
  entry.since = Date.now();
  entry.timer = setTimeout(end, entry.left, entry);
}

function pause(entry) {
  clearTimeout(entry.timer);
  entry.left = Math.max(1500, entry.left - (Date.now() - entry.since));
}

function end(entry) {
  dismiss(entry.id);
  entry.onEnd?.();
}

export function Toasts() {
  return html`<section class="toasts" role="status" aria-label="Messages">
    ${toasts.value.map((entry) => html`<${Toast} key=${entry.id} entry=${entry} />`)}
  </section>`;
}

function Toast({ entry }) {
  const hold = () => pause(entry);
  const go = () => toasts.peek().includes(entry) && start(entry);
  return html`<div
    class=${`toast ${entry.bad ? "bad" : ""}`}
    onPointerEnter=${hold} onPointerLeave=${go} onFocusIn=${hold} onFocusOut=${go}
  >
    <p>${entry.message}</p>
    ${entry.action
      ? html`<button type="button" onClick=${entry.action.run}>${entry.action.label}</button>`
      : html`<button type="button" onClick=${() => dismiss(entry.id)}>Close</button>`}
  </div>`;
}
