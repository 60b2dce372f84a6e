import type { TokenProvider } from "voice-client";

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
