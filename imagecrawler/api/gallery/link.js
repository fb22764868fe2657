// A link to an address that came from a page: only http and https can be followed.
import { html } from "./html.js";
import { linkTarget, printable, shortAddress } from "./text.js";

export function Link({ url, text = shortAddress(url) }) {
  const target = linkTarget(url);
  if (!target) return html`<span class="url" title=${printable(url)}>${text}</span>`;
  return html`<a class="url" href=${target} title=${target} target="_blank" rel="noopener noreferrer">
    ${text}<span class="unseen"> (opens in a new tab)</span>
  </a>`;
}
