import { ClerkSignIn } from "./clerk.ts";
import type { SignInConfig } from "./config.ts";
import { CookieSignIn } from "./cookie.ts";
import { DevelopmentSignIn } from "./development.ts";

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
