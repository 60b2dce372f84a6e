import { userOf } from "./claims.ts";
import { inTab } from "./storage.ts";
import { Watched } from "./watched.ts";
import type { SignIn, Who } from "./who.ts";

const KEY = "voice.development-token";

export interface Identity {
  userId: string;
  name: string;
  isAdmin: boolean;
}

/** The local issuer: whoever sits at this machine is who they say they are. Each tab may be somebody else. */
export class DevelopmentSignIn implements SignIn {
  readonly kind = "development";
  #token = inTab.get(KEY);
  readonly #who = new Watched<Who>(this.#token === null ? null : userOf(this.#token, Date.now()));
  readonly who = this.#who.get;
  readonly subscribe = this.#who.subscribe;

  readonly token = ({ skipCache }: { skipCache: boolean }): string | null => {
    // Asked for a fresh one, after a 401: there is none, so the person has to sign in again.
    if (skipCache) this.signOut();
    return this.#token;
  };

  /** Throws an Error whose message is for people. */
  async signIn({ userId, name, isAdmin }: Identity): Promise<void> {
    const response = await fetch("/api/voice/dev/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ userId, name: name || null, isAdmin }),
    });
    const answer = (await response.json()) as { token?: string; message?: string };
    if (!response.ok || answer.token === undefined) throw new Error(answer.message ?? "The service did not answer.");
    this.#keep(answer.token);
  }

  signOut(): void {
    this.#token = null;
    inTab.remove(KEY);
    this.#who.set(null);
  }

  #keep(token: string): void {
    this.#token = token;
    inTab.set(KEY, token);
    this.#who.set(userOf(token, Date.now()));
  }
}
