import { createRoot } from 'react-dom/client';
import { useEffect, useState } from 'react';
import { Product } from './Product';
import './shop.css';

function useHash() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return hash;
}

function App() {
  const [, id] = useHash().match(/^#\/product\/(\d+)$/) ?? [];
  return id ? <Product id={id} key={id} /> : <p>Choose a product: <a href="#/product/1">Summit backpack</a></p>;
}

createRoot(document.getElementById('root')).render(<App />);
