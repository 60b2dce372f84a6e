import type { User } from "./who.ts";

interface Claims {
  sub?: unknown;
  name?: unknown;
  exp?: unknown;
  metadata?: { role?: unknown };
  public_metadata?: { role?: unknown };
}

/** What a session token says about its owner. Only the service checks it: here it decides what is offered, not what is allowed. */
export function userOf(token: string, nowMs: number): User | null {
  const claims = claimsOf(token);
  if (typeof claims?.sub !== "string") return null;
  if (typeof claims.exp === "number" && claims.exp * 1000 <= nowMs) return null;
  const role = claims.metadata?.role ?? claims.public_metadata?.role;
  return {
    id: claims.sub,
    name: typeof claims.name === "string" ? claims.name : claims.sub,
    isAdmin: role === "admin",
  };
}

function claimsOf(token: string): Claims | null {
  try {
    const part = token.split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
  } catch {
    return null;
  }
}
