import { useEffect, useRef, useState } from 'react';

const address = (asset, width) => `/media/${asset}-${width}.jpg`;

/** A box that becomes an image when it comes near the viewport. */
export function LazyImage({ asset, alt, className }) {
  const box = useRef(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting) {
        setNear(true);
        observer.disconnect();
      }
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return <div ref={box} className={`picture ${className}`}>{near && (
    <img src={address(asset, 600)} srcSet={[600, 1600].map((width) => `${address(asset, width)} ${width}w`)} sizes="50vw" alt={alt} />
  )}</div>;
}
