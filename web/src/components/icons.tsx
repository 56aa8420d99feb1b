/** The page's icons: plain lines in the colour of the text beside them. */
import type { ReactNode } from 'react';

function Icon({ children, width = 1.8 }: { children: ReactNode; width?: number }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={width}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const HANDSET =
  'M6.6 3.5 9 4l1.2 3.6-2 1.6a13 13 0 0 0 6.6 6.6l1.6-2 3.6 1.2.5 2.4c.2 1.2-.7 2.6-2 2.6C10.5 20 4 13.5 4 5.5c0-1.3 1.4-2.2 2.6-2z';

export const Phone = () => (
  <Icon>
    <path d={HANDSET} />
  </Icon>
);

export const HangUp = () => (
  <Icon>
    <path d="M3 14.5c-.6-1.1-.6-2.3.1-3.2C5 8.9 8.3 7.5 12 7.5s7 1.4 8.9 3.8c.7.9.7 2.1.1 3.2-.4.8-1.3 1.1-2.1.8l-2.4-.9a1.6 1.6 0 0 1-1-1.5v-1.3a10.6 10.6 0 0 0-7 0v1.3c0 .7-.4 1.3-1 1.5l-2.4.9c-.8.3-1.7 0-2.2-.8z" />
  </Icon>
);

export const Microphone = () => (
  <Icon>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </Icon>
);

export const MicrophoneOff = () => (
  <Icon>
    <path d="M15 9.5V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.5 2.6M5.5 11.5a6.5 6.5 0 0 0 10 5.5M18.5 11.5c0 .9-.2 1.7-.5 2.5M12 18v3M4 3.5l16 17" />
  </Icon>
);

export const Keypad = () => (
  <Icon width={2.6}>
    <path d="M6 5h.01M12 5h.01M18 5h.01M6 11h.01M12 11h.01M18 11h.01M6 17h.01M12 17h.01M18 17h.01" />
  </Icon>
);

export const Sliders = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);

export const Send = () => (
  <Icon>
    <path d="M5 12h13M12.5 6.5 18 12l-5.5 5.5" />
  </Icon>
);

export const Pen = () => (
  <Icon>
    <path d="M4 19.5h16M5.5 15.5 15.5 5.5l3 3-10 10h-3z" />
  </Icon>
);

export const Check = () => (
  <Icon width={2.2}>
    <path d="m6 12.5 4 4 8-9" />
  </Icon>
);

export const Cross = () => (
  <Icon width={2.2}>
    <path d="m7 7 10 10M17 7 7 17" />
  </Icon>
);

export const Alert = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 8v4.5M12 16h.01" />
  </Icon>
);

export const Sound = () => (
  <Icon>
    <path d="M4.5 9.5v5h3l4 3.5V6l-4 3.5zM15 9.5a3.5 3.5 0 0 1 0 5M17.5 7a7 7 0 0 1 0 10" />
  </Icon>
);

export const Ear = () => (
  <Icon>
    <path d="M6.5 9.5a5.5 5.5 0 0 1 11 0c0 3.2-3.2 4-3.2 6.7 0 2-1.3 3.3-3 3.3-1.6 0-2.8-1.2-2.8-2.8M9.5 10a2.5 2.5 0 0 1 5 0c0 1.6-1.6 1.7-1.6 3.4" />
  </Icon>
);

export const Dots = () => (
  <Icon width={3}>
    <path d="M5.5 12h.01M12 12h.01M18.5 12h.01" />
  </Icon>
);

export const Wrench = () => (
  <Icon>
    <path d="M14.6 6.4a4.2 4.2 0 0 1 5-1.1l-2.9 2.9.4 2 2 .4 2.9-2.9a4.2 4.2 0 0 1-5.6 5L9 20.1a2.1 2.1 0 0 1-3-3l7.4-7.4a4.2 4.2 0 0 1 1.2-3.3z" transform="translate(-1 -1)" />
  </Icon>
);

export const Person = () => (
  <Icon>
    <circle cx="12" cy="8" r="3.6" />
    <path d="M5 20c.6-3.9 3.4-6 7-6s6.4 2.1 7 6" />
  </Icon>
);

export const Search = () => (
  <Icon>
    <circle cx="11" cy="11" r="6" />
    <path d="m15.5 15.5 4.5 4.5" />
  </Icon>
);

export const Leaf = () => (
  <Icon width={2}>
    <path d="M12 21V5M12 17c-4 0-6-2-7-5M12 17c4 0 6-2 7-5M12 11c-3 0-4.5-1.5-5-4M12 11c3 0 4.5-1.5 5-4" />
  </Icon>
);
