import { userOf } from "./claims.ts";
import { Watched } from "./watched.ts";
import type { SignIn, User, Who } from "./who.ts";

/** A session token lives for a minute, and the application's own pages renew it in other tabs. */
const LOOK_MS = 1000;

/** Somebody else's page has signed the person in: its `__session` cookie goes with every request by itself. */
export class CookieSignIn implements SignIn {
  readonly kind = "cookie";
  readonly token = undefined;
  readonly #who = new Watched<Who>(fromCookie());
  readonly who = this.#who.get;
  readonly subscribe = this.#who.subscribe;
  #hasSignedOut = false;

  constructor() {
    setInterval(() => this.#look(), LOOK_MS);
  }

  signOut(): void {
    this.#hasSignedOut = true;
    this.#who.set(null);
  }

  /** Whoever signs in elsewhere is here at once. Whose token has run out stays: the page, and the call that it may be
   *  in, need none until the next request, and by then it is renewed or the request says so. */
  #look(): void {
    const found = fromCookie();
    if (found === null) this.#hasSignedOut = false;
    else if (!this.#hasSignedOut && !isSame(found, this.#who.get())) this.#who.set(found);
  }
}

function fromCookie(): User | null {
  const values = document.cookie.split("; ").filter((pair) => pair.startsWith(NAME));
  const users = values.map((pair) => userOf(pair.slice(NAME.length), Date.now()));
  return users.find((user) => user !== null) ?? null;
}

const NAME = "__session=";

function isSame(one: User, other: Who): boolean {
  return one.id === other?.id && one.name === other.name && one.isAdmin === other.isAdmin;
}
