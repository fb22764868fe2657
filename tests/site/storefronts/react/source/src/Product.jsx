import { useEffect, useState } from 'react';
import { LazyImage } from './LazyImage';

export function Product({ id }) {
  const [product, setProduct] = useState(null);
  const [colour, setColour] = useState(0);
  useEffect(() => {
    fetch(`${import.meta.env.BASE_URL}api/products/${id}.json`).then((answer) => answer.json()).then(setProduct);
  }, [id]);
  if (!product) return <p role="status">Loading …</p>;
  const { assets } = product.colours[colour];
  return (
    <main>
      <div className="gallery">
        {assets.map((asset, at) => (
          <LazyImage key={asset} className={at ? '' : 'first'} asset={asset} alt={product.name} />
        ))}
      </div>
      <div className="facts">
        <h1>{product.name}</h1>
        <p>{product.price}</p>
        <div className="swatches">
          {product.colours.map(({ name, dye }, at) => (
            <button key={name} className="swatch" aria-label={`Colour: ${name}`} aria-pressed={at === colour}
              style={{ background: dye }} onClick={() => setColour(at)} />
          ))}
        </div>
        <button className="buy">Add to cart</button>
      </div>
      <LazyImage className="wide" asset={product.scene} alt="A trail through a forest" />
    </main>
  );
}
