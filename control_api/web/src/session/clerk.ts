import type { SignIn, User, Who } from "./sign_in.ts";
import { Watched } from "./watched.ts";

/** What of Clerk's browser object is used here. */
interface Clerk {
  load(): Promise<void>;
  addListener(listener: () => void): () => void;
  redirectToSignIn(options: { redirectUrl: string }): Promise<unknown>;
  signOut(): Promise<void>;
  user: { id: string; fullName: string | null; publicMetadata: Record<string, unknown> } | null | undefined;
  session: { getToken(options: { skipCache: boolean }): Promise<string | null> } | null | undefined;
}

export interface ClerkConfig {
  scriptOrigin: string;
  publishableKey: string;
}

/** Clerk's own script, from Clerk's own host; people sign in on Clerk's page and come back. */
export class ClerkSignIn implements SignIn {
  readonly kind = "clerk";
  /** Clerk did not answer: nobody can sign in until the page is loaded again. */
  isBroken = false;
  #clerk: Clerk | undefined;
  readonly #who = new Watched<Who>(undefined);
  readonly who = this.#who.get;
  readonly subscribe = this.#who.subscribe;

  constructor(config: ClerkConfig) {
    this.#load(config).catch(() => {
      this.isBroken = true;
      this.#who.set(null);
    });
  }

  readonly token = async ({ skipCache }: { skipCache: boolean }): Promise<string | null> =>
    (await this.#clerk?.session?.getToken({ skipCache })) ?? null;

  signIn(): void {
    void this.#clerk?.redirectToSignIn({ redirectUrl: location.href });
  }

  signOut(): void {
    void this.#clerk?.signOut();
  }

  async #load(config: ClerkConfig): Promise<void> {
    await loadScript(
      `${config.scriptOrigin}/npm/@clerk/clerk-js@5/dist/clerk.headless.browser.js`,
      config.publishableKey,
    );
    const clerk = (window as unknown as { Clerk: Clerk }).Clerk;
    await clerk.load();
    this.#clerk = clerk;
    clerk.addListener(() => this.#look());
    this.#look();
  }

  #look(): void {
    const user = this.#clerk?.user;
    this.#who.set(user ? shown(user) : null);
  }
}

function shown(user: NonNullable<Clerk["user"]>): User {
  return { id: user.id, name: user.fullName ?? user.id, isAdmin: user.publicMetadata.role === "admin" };
}

function loadScript(source: string, publishableKey: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.crossOrigin = "anonymous";
    script.dataset.clerkPublishableKey = publishableKey;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("Clerk's script could not be loaded."));
    document.head.append(script);
  });
}
