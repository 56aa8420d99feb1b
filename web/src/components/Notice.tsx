/** A message that the caller has to see; read out at once. */
import type { ReactNode } from 'react';
import { Alert } from './icons';

interface Props {
  title: string;
  text: string;
  tone?: 'warning' | 'good';
  children?: ReactNode;
}

export function Notice({ title, text, tone = 'warning', children }: Props) {
  return (
    <div className={`notice notice-${tone}`} role={tone === 'warning' ? 'alert' : 'status'}>
      <Alert />
      <div className="notice-words">
        <p className="notice-title">{title}</p>
        {text && <p>{text}</p>}
        {children && <div className="notice-actions">{children}</div>}
      </div>
    </div>
  );
}
