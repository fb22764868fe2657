// What the other modules use of the vendored libraries, in one place.
import { h, render } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export const html = htm.bind(h);
export { render };
export { useEffect, useId, useLayoutEffect, useRef, useState } from "./vendor/hooks.js";
export { batch, computed, signal } from "./vendor/signals.js";
