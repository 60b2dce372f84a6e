/** What the service wrote into the page, which may hold no script of its own. */
export type SignInConfig =
  | { kind: "development" }
  /** Somebody else's page signs people in; we use its cookie. */
  | { kind: "cookie" }
  | { kind: "clerk"; scriptOrigin: string; publishableKey: string };

export function signInConfig(): SignInConfig {
  return JSON.parse(meta("voice-sign-in")) as SignInConfig;
}

/** Lets a library add a style sheet of its own. */
export function styleNonce(): string {
  return meta("voice-style-nonce");
}

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}
