/** A page with one card: what is shown to somebody who is not signed in. */
import type { ReactNode } from 'react';
import { Leaf } from '../../components/icons';
import { texts } from '../texts';

export function Doorway({ children }: { children: ReactNode }) {
  return (
    <main className="doorway">
      <title>{texts.title}</title>
      <div className="doorway-card card">
        <p className="doorway-brand">
          <span className="mark" aria-hidden="true">
            <Leaf />
          </span>
          {texts.brand} <span>{texts.title}</span>
        </p>
        {children}
      </div>
    </main>
  );
}
