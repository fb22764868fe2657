import Image from 'next/image';
import { Product } from './product';

const product = {
  name: 'Meadow sneaker',
  price: { amount: 119, currency: 'EUR' },
  colours: [
    {
      name: 'Sand',
      images: [
        { url: '/media/sneaker-side-sand-1600.jpg', altText: 'Meadow sneaker from the side, sand' },
        { url: '/media/sneaker-top-sand-1600.jpg', altText: 'Meadow sneaker from above, sand' },
        { url: '/media/sneaker-sole-1600.jpg', altText: 'The sole of the Meadow sneaker' },
      ],
    },
    { name: 'Moss', images: [{ url: '/media/sneaker-side-moss-1600.jpg', altText: 'Meadow sneaker from the side, moss' }] },
    { name: 'Slate', images: [{ url: '/media/sneaker-side-slate-1600.jpg', altText: 'Meadow sneaker from the side, slate' }] },
  ],
};

const related = [
  { name: 'Ember mug', path: '/products/ember-mug', image: '/media/mug-front-1600.jpg' },
  { name: 'Dusk lamp', path: '/products/gated-lamp', image: '/media/lamp-front-1600.jpg' },
];

export default function Page() {
  return (
    <main>
      <Product product={product} />
      <section className="story">
        <Image src="/media/ledge-at-sunset-1600.jpg" alt="A hiker resting on a ledge at sunset" fill sizes="100vw" />
      </section>
      <section className="related">
        <h2>You may also like</h2>
        <div className="cards">
          {related.map((other) => (
            <a key={other.name} href={other.path}>
              <Image src={other.image} alt={other.name} width={320} height={320} />
              <h3>{other.name}</h3>
            </a>
          ))}
        </div>
      </section>
    </main>
  );
}
