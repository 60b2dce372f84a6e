import type { ReactNode } from "react";
import type { User } from "../session/who.ts";
import { Button } from "./controls.tsx";

export interface FrameProps {
  user?: User;
  onSignOut?: () => void;
  /** Where else an admin may go. */
  link?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** What is around every screen: the name of the place, who is here, and one column. */
export function Frame({ user, onSignOut, link, wide = false, children }: FrameProps) {
  const width = wide ? "max-w-6xl" : "max-w-xl";
  return (
    <div className="flex min-h-dvh flex-col">
      <header className={`mx-auto flex w-full ${width} items-center justify-between gap-3 px-5 py-4`}>
        <a href="/" className="flex items-center gap-2.5 rounded-lg font-semibold tracking-tight">
          <Mark />
          Voice
        </a>
        {user && (
          <div className="flex min-w-0 items-center gap-1 text-sm">
            <bdi className="truncate px-2 text-muted">{user.name}</bdi>
            {link}
            {onSignOut && (
              <Button tone="quiet" className="min-h-9 px-3 text-sm" onClick={onSignOut}>
                Sign out
              </Button>
            )}
          </div>
        )}
      </header>
      <main className={`mx-auto flex w-full ${width} flex-1 flex-col px-5 pb-8`}>{children}</main>
    </div>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path
        d="M9 13v6M13.7 9.5v13M18.3 12v8M23 14.5v3"
        stroke="var(--on-accent)"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
    </svg>
  );
}
