import './shop.css';

export const metadata = { title: 'Meadow sneaker – Northfold' };

export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
