import type { ButtonHTMLAttributes, ReactNode } from 'react';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon?: ReactNode;
  'data-muted'?: boolean;
  look?: 'primary' | 'secondary' | 'plain' | 'danger';
}

export function Button({ icon, look = 'secondary', children, className = '', ...rest }: Props) {
  return (
    <button type="button" className={`lk-button button button-${look} ${className}`} {...rest}>
      {icon}
      <span className="button-text">{children}</span>
    </button>
  );
}
