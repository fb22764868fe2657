import Head from 'next/head';
import Image from 'next/image';
import { Product } from '../../components/product';

const view = (file, altText) => ({ url: `/media/${file}-1600.jpg`, altText });

export async function getStaticProps() {
  const product = {
    name: 'Meadow sneaker',
    price: { amount: 119, currency: 'EUR' },
    colours: [
      {
        name: 'Sand',
        images: [
          view('sneaker-side-sand', 'Meadow sneaker from the side, sand'),
          view('sneaker-top-sand', 'Meadow sneaker from above, sand'),
          view('sneaker-sole', 'The sole of the Meadow sneaker'),
        ],
      },
      { name: 'Moss', images: [view('sneaker-side-moss', 'Meadow sneaker from the side, moss')] },
      { name: 'Slate', images: [view('sneaker-side-slate', 'Meadow sneaker from the side, slate')] },
    ],
  };
  const related = [
    { name: 'Ember mug', path: '/products/ember-mug', image: '/media/mug-front-1600.jpg' },
    { name: 'Dusk lamp', path: '/products/gated-lamp', image: '/media/lamp-front-1600.jpg' },
  ];
  return { props: { product, related } };
}

export default function Page({ product, related }) {
  return (
    <main>
      <Head><title>Meadow sneaker – Northfold</title></Head>
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
