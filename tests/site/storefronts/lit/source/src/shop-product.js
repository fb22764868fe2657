import { LitElement, css, html } from 'lit';
import './shop-gallery.js';
import './shop-scene.js';

class ShopProduct extends LitElement {
  static properties = { name: {}, views: {} };

  static styles = css`
    :host { display: grid; grid-template-columns: 640px 1fr; gap: 32px; max-width: 1200px; margin: auto; }
    shop-scene { grid-column: 1 / 3; }
  `;

  render() {
    return html`
      <shop-gallery .views=${this.views.split(' ')} .name=${this.name}>
        <slot name="view" slot="more"></slot>
      </shop-gallery>
      <div><h1>${this.name}</h1><p>€ 28</p><button>Add to cart</button></div>
      <shop-scene></shop-scene>
    `;
  }
}

customElements.define('shop-product', ShopProduct);
