import { LitElement, css, html } from 'lit';

class ShopGallery extends LitElement {
  static properties = { views: { attribute: false }, name: { attribute: false }, at: { state: true } };

  static styles = css`
    .stage { position: relative; width: 640px; height: 640px; }
    .stage img { width: 100%; height: 100%; }
    button { position: absolute; top: 50%; right: 8px; }
  `;

  constructor() {
    super();
    this.at = 0;
  }

  render() {
    return html`
      <div class="stage">
        <img src="/media/${this.views[this.at]}-1600.jpg" alt=${this.name}>
        <button aria-label="Next view" @click=${this.#step}>›</button>
      </div>
      <slot name="more"></slot>
    `;
  }

  #step() {
    this.at = (this.at + 1) % this.views.length;
  }
}

customElements.define('shop-gallery', ShopGallery);
