import type { TokenProvider } from "voice-client";
import { ClerkSignIn } from "./clerk.ts";
import type { SignInConfig } from "./config.ts";
import { CookieSignIn } from "./cookie.ts";
import { DevelopmentSignIn } from "./development.ts";

export interface User {
  id: string;
  name: string;
  isAdmin: boolean;
}

/** undefined: not known yet; null: nobody is signed in. */
export type Who = User | null | undefined;

/** Who is here, and how requests prove it. */
export interface SignIn {
  who(): Who;
  subscribe(onChange: () => void): () => void;
  /** undefined: the browser's cookie is the proof. */
  readonly token: TokenProvider | undefined;
  signOut(): void;
}

export function openSignIn(config: SignInConfig): DevelopmentSignIn | ClerkSignIn | CookieSignIn {
  switch (config.kind) {
    case "development":
      return new DevelopmentSignIn();
    case "clerk":
      return new ClerkSignIn(config);
    case "cookie":
      return new CookieSignIn();
  }
}
