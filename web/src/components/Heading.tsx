/** The title of a screen. It takes the focus when its screen appears, so that a screen reader starts there. */
import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
  focus: boolean;
  id?: string;
  className?: string;
  children: ReactNode;
}

export function Heading({ focus, id, className, children }: Props) {
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focus) element.current?.focus({ preventScroll: true });
  }, [focus]);
  return (
    <h1 ref={element} id={id} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}
