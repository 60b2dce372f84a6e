import { lazy, Suspense, useEffect } from "react";
import type { Here } from "../session/SignInGate.tsx";
import { Frame } from "../ui/Frame.tsx";
import { AfterCall } from "./AfterCall.tsx";
import { Home } from "./Home.tsx";
import { useStage } from "./stage.ts";

const loadCall = () => import("../call/CallScreen.tsx");
const CallScreen = lazy(loadCall);

/** The page for those who call: choose, talk, read what was said. */
export function CallPage({ user, client, onSignOut }: Here) {
  const { stage, open, resume, over, home } = useStage(client);

  useEffect(() => {
    void resume();
    // What the call needs is large: it comes while the person is still choosing.
    void loadCall();
  }, [resume]);

  if (stage.at === "call") {
    return (
      <Frame user={user}>
        <Suspense fallback={<Opening />}>
          <CallScreen
            key={stage.call.token}
            call={stage.call}
            client={client}
            user={user}
            onOver={over}
            onLost={resume}
            onLeave={home}
          />
        </Suspense>
      </Frame>
    );
  }
  return (
    <Frame user={user} onSignOut={onSignOut} link={user.isAdmin && <ConsoleLink />}>
      {stage.at === "home" && <Home problem={stage.problem} onChoose={open} />}
      {stage.at === "opening" && <Opening />}
      {stage.at === "after" && <AfterCall client={client} user={user} ended={stage} onDone={() => home(null)} />}
    </Frame>
  );
}

function Opening() {
  return (
    <p role="status" className="m-auto animate-pulse py-24 text-muted">
      One moment …
    </p>
  );
}

function ConsoleLink() {
  return (
    <a href="/console" className="rounded-lg px-3 py-2 font-medium hover:bg-sunken">
      Console
    </a>
  );
}
