/** How wide an element is, in pixels. */
import { useLayoutEffect, useState } from 'react';

const AT_FIRST = 800;

export function useWidth(element: HTMLElement | null): number {
  const [width, setWidth] = useState(AT_FIRST);
  useLayoutEffect(() => {
    if (!element) return undefined;
    const measure = () => setWidth(element.clientWidth || AT_FIRST);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
