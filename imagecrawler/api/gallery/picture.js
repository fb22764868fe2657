// One picture, or a quiet tile where it cannot be shown.
import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import { pictureAddress } from "./text.js";

export function Picture({ url, alt, width, height, eager = false }) {
  const [broken, setBroken] = useState(null);
  const [loaded, setLoaded] = useState(null);
  const address = pictureAddress(url);
  if (!address || broken === address) return html`<${Blank} alt=${alt} />`;
  return html`<img
    class=${loaded === address ? "loaded" : ""} src=${address} alt=${alt} width=${width} height=${height}
    loading=${eager ? "eager" : "lazy"} decoding="async" draggable=${false}
    onLoad=${() => setLoaded(address)} onError=${() => setBroken(address)}
  />`;
}

function Blank({ alt }) {
  return html`<span class="blank" role=${alt ? "img" : null} aria-label=${alt || null}>
    <${Icon} name="picture" />
  </span>`;
}
