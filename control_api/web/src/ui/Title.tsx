import { type ReactNode, useEffect, useRef } from "react";

/** The heading of a screen. It takes the focus when the screen appears, so that a screen reader says where one is. */
export function Title({ children, className = "text-3xl" }: { children: ReactNode; className?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1} className={`font-semibold tracking-tight outline-none ${className}`}>
      {children}
    </h1>
  );
}
