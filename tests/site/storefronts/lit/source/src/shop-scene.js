import { LitElement, css, html } from 'lit';

class ShopScene extends LitElement {
  static styles = css`
    div { height: 500px; margin-top: 24px; background: center / contain no-repeat; }
    .pair { background-image: url('/media/mug-pair-1600.jpg'); }
    .table { background-image: image-set(url('/media/kitchen-table-800.jpg') 1x, url('/media/kitchen-table-1600.jpg') 2x); }
  `;

  render() {
    return html`
      <div class="pair" role="img" aria-label="Two Ember mugs"></div>
      <div class="table" role="img" aria-label="Breakfast with the Ember mug"></div>
    `;
  }
}

customElements.define('shop-scene', ShopScene);
