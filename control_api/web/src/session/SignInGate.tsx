import { type ReactNode, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { VoiceClient } from "voice-client";
import { Feed } from "../feed/Feed.ts";
import { FeedContext } from "../feed/FeedContext.ts";
import { Frame } from "../ui/Frame.tsx";
import { signInConfig } from "./config.ts";
import { SignInScreen } from "./SignInScreen.tsx";
import { openSignIn } from "./sign_in.ts";
import type { User } from "./who.ts";

export interface Here {
  user: User;
  client: VoiceClient;
  onSignOut: () => void;
}

/** Shows what is for people who are signed in, and the sign-in to all others. */
export function SignInGate({ children }: { children: (here: Here) => ReactNode }) {
  const [signIn] = useState(() => openSignIn(signInConfig()));
  const user = useSyncExternalStore(signIn.subscribe, signIn.who);
  if (user === undefined) return <Frame>{null}</Frame>;
  if (user === null) return <SignInScreen signIn={signIn} />;
  return (
    <SignedIn key={user.id} signIn={signIn} user={user}>
      {children}
    </SignedIn>
  );
}

interface SignedInProps {
  signIn: ReturnType<typeof openSignIn>;
  user: User;
  children: (here: Here) => ReactNode;
}

function SignedIn({ signIn, user, children }: SignedInProps) {
  const client = useMemo(() => new VoiceClient(signIn.token ? { token: signIn.token } : {}), [signIn]);
  const person = JSON.stringify([signIn.kind, user.id, user.isAdmin]);
  const feed = useMemo(() => new Feed(client, person), [client, person]);
  useEffect(() => {
    void feed.run();
    return () => feed.close();
  }, [feed]);
  return (
    <FeedContext.Provider value={feed}>
      {children({ user, client, onSignOut: () => signIn.signOut() })}
    </FeedContext.Provider>
  );
}
