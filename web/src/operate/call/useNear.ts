/** Whether an element has come into sight, or near to it; once it has, that stays. */
import { useEffect, useState, type RefObject } from 'react';

export function useNear(element: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    if (near || !element.current) return undefined;
    const observed = element.current;
    watched.set(observed, () => setNear(true));
    observer().observe(observed);
    return () => {
      watched.delete(observed);
      observer().unobserve(observed);
    };
  }, [near, element]);
  return near;
}

const watched = new Map<Element, () => void>();
let shared: IntersectionObserver | undefined;

function observer(): IntersectionObserver {
  shared ??= new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) watched.get(target)?.();
  });
  return shared;
}
