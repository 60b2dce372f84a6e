import { userOf } from "./claims.ts";
import { Watched } from "./watched.ts";
import type { SignIn, Who } from "./who.ts";

/** Somebody else's page has signed the person in: its `__session` cookie goes with every request by itself. */
export class CookieSignIn implements SignIn {
  readonly kind = "cookie";
  readonly token = undefined;
  readonly #who = new Watched<Who>(fromCookie());
  readonly who = this.#who.get;
  readonly subscribe = this.#who.subscribe;

  signOut(): void {
    this.#who.set(null);
  }
}

function fromCookie(): Who {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith("__session="));
  return found === undefined ? null : userOf(found.slice("__session=".length), Date.now());
}
