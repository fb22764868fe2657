'use client';

import Image from 'next/image';
import { useState } from 'react';

export function Product({ product }) {
  const [colour, setColour] = useState(product.colours[0]);
  const [shown, setShown] = useState(colour.images[0]);
  const choose = (next) => {
    setColour(next);
    setShown(next.images[0]);
  };
  return (
    <article className="product">
      <div className="gallery">
        <div className="stage">
          <Image key={shown.url} src={shown.url} alt={shown.altText} fill priority sizes="(min-width: 900px) 50vw, 100vw" />
        </div>
        <ul className="thumbnails">
          {colour.images.map((image) => (
            <li key={image.url}>
              <button type="button" onClick={() => setShown(image)}>
                <Image src={image.url} alt={image.altText} width={72} height={72} />
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h1>{product.name}</h1>
        <p>{product.price.amount} {product.price.currency}</p>
        <div className="colours" role="radiogroup" aria-label="Colour">
          {product.colours.map((each) => (
            <button key={each.name} type="button" role="radio" aria-checked={each === colour} onClick={() => choose(each)}>
              {each.name}
            </button>
          ))}
        </div>
        <button type="button">Add to cart</button>
      </div>
    </article>
  );
}
