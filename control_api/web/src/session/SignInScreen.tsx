import { type FormEvent, useState } from "react";
import { Button, Card, Field, Switch } from "../ui/controls.tsx";
import { Frame } from "../ui/Frame.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import type { ClerkSignIn } from "./clerk.ts";
import type { CookieSignIn } from "./cookie.ts";
import type { DevelopmentSignIn } from "./development.ts";

export function SignInScreen({ signIn }: { signIn: DevelopmentSignIn | ClerkSignIn | CookieSignIn }) {
  return (
    <Frame>
      <div className="my-auto py-6">
        <h1 className="text-3xl font-semibold tracking-tight">Talk to somebody.</h1>
        <p className="mt-2 mb-8 text-muted">The assistant, a person or a whole group. Sign in to begin.</p>
        <Card className="p-6">{way(signIn)}</Card>
      </div>
    </Frame>
  );
}

function way(signIn: DevelopmentSignIn | ClerkSignIn | CookieSignIn) {
  switch (signIn.kind) {
    case "development":
      return <DevelopmentForm signIn={signIn} />;
    case "clerk":
      return signIn.isBroken ? <Broken /> : <ClerkButton signIn={signIn} />;
    case "cookie":
      return (
        <p className="text-sm">You are signed out. Sign in where you always do: this page then goes on by itself.</p>
      );
  }
}

function ClerkButton({ signIn }: { signIn: ClerkSignIn }) {
  return (
    <Button tone="primary" className="w-full" onClick={() => signIn.signIn()}>
      Sign in
    </Button>
  );
}

function Broken() {
  return (
    <div className="space-y-4">
      <ProblemNotice
        problem={{ title: "Sign-in does not work now", advice: "Clerk does not answer. Check your network." }}
      />
      <Button className="w-full" onClick={() => location.reload()}>
        Try again
      </Button>
    </div>
  );
}

function DevelopmentForm({ signIn }: { signIn: DevelopmentSignIn }) {
  const [name, setName] = useState("");
  const [isAdmin, setAdmin] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const userId = idOf(name);

  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      await signIn.signIn({ userId, name: name.trim(), isAdmin });
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <form onSubmit={submit} className="space-y-5">
      <Field
        label="Your name"
        name="name"
        autoComplete="username"
        autoFocus
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint={
          userId ? `Others reach you as “${userId}”.` : "This is a development sign-in: no password, this machine only."
        }
      />
      <Switch label="Operator" hint="May see and end every call." checked={isAdmin} onChange={setAdmin} />
      {failure && <ProblemNotice problem={{ title: "You could not be signed in", advice: failure }} />}
      <Button type="submit" tone="primary" className="w-full" disabled={userId === ""}>
        Sign in
      </Button>
    </form>
  );
}

/** `Ann Lee` -> `ann-lee`. */
function idOf(name: string): string {
  return (
    name
      .normalize("NFC")
      .trim()
      .toLowerCase()
      // Marks belong to their letters: without them Hindi, Thai or Arabic words fall apart.
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, "-")
      .replace(/^-|-$/g, "")
  );
}
