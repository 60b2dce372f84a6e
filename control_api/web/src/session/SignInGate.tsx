import { type ReactNode, useMemo, useState, useSyncExternalStore } from "react";
import { VoiceClient } from "voice-client";
import { Frame } from "../ui/Frame.tsx";
import { signInConfig } from "./config.ts";
import { SignInScreen } from "./SignInScreen.tsx";
import { openSignIn, type User } from "./sign_in.ts";

export interface Here {
  user: User;
  client: VoiceClient;
  onSignOut: () => void;
}

/** Shows what is for people who are signed in, and the sign-in to all others. */
export function SignInGate({ children }: { children: (here: Here) => ReactNode }) {
  const [signIn] = useState(() => openSignIn(signInConfig()));
  const user = useSyncExternalStore(signIn.subscribe, signIn.who);
  const client = useMemo(() => new VoiceClient(signIn.token ? { token: signIn.token } : {}), [signIn]);
  if (user === undefined) return <Frame>{null}</Frame>;
  if (user === null) return <SignInScreen signIn={signIn} />;
  return children({ user, client, onSignOut: () => signIn.signOut() });
}
