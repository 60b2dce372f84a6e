import type { ReactNode } from "react";

const handset =
  "M6.6 4h2.2l1.5 3.9-1.9 1.5a11 11 0 0 0 6.2 6.2l1.5-1.9L20 15.2v2.2A2.6 2.6 0 0 1 17.4 20 13.4 13.4 0 0 1 4 6.6 2.6 2.6 0 0 1 6.6 4Z";

const DRAWINGS = {
  mic: (
    <>
      <rect x="9" y="3.5" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v2.5" />
    </>
  ),
  micOff: (
    <>
      <path d="M15 9V6.5a3 3 0 0 0-5.7-1.3M9 9.5v2a3 3 0 0 0 4.6 2.5M5.5 11.5A6.5 6.5 0 0 0 16 16.6M18.2 13.5a6.5 6.5 0 0 0 .3-2M12 18v2.5M4 4l16 16" />
    </>
  ),
  phone: <path d={handset} />,
  hangUp: (
    <g transform="rotate(135 12 12)">
      <path d={handset} />
    </g>
  ),
  spark: (
    <path d="M12 4.5c.6 4 2.9 6.3 6.9 6.9-4 .6-6.3 2.9-6.9 6.9-.6-4-2.9-6.3-6.9-6.9 4-.6 6.3-2.9 6.9-6.9ZM19 16.5v3M17.5 18h3" />
  ),
  person: (
    <>
      <circle cx="12" cy="8.5" r="3.75" />
      <path d="M5 19.5a7 7 0 0 1 14 0" />
    </>
  ),
  people: (
    <>
      <circle cx="9" cy="9" r="3.25" />
      <path d="M3 19a6 6 0 0 1 12 0M15.5 6.2a3 3 0 0 1 0 5.6M17.5 14.2A5.5 5.5 0 0 1 21 19" />
    </>
  ),
  record: (
    <>
      <circle cx="12" cy="12" r="8" />
      <circle cx="12" cy="12" r="3.25" fill="currentColor" stroke="none" />
    </>
  ),
  arrow: <path d="M5 12h14M13 6l6 6-6 6" />,
  back: <path d="M19 12H5M11 6l-6 6 6 6" />,
  warn: <path d="M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17.2v.1" />,
  search: (
    <>
      <circle cx="11" cy="11" r="6" />
      <path d="m15.5 15.5 4 4" />
    </>
  ),
  play: <path d="M8 5.5v13l10.5-6.5L8 5.5Z" fill="currentColor" />,
  pause: <path d="M8.5 5.5v13M15.5 5.5v13" strokeWidth={3} />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** Decoration only: what a button does is said in words beside it, or in its label. */
export function Icon({ name, className = "size-5" }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {DRAWINGS[name]}
    </svg>
  );
}
