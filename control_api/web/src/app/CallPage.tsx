import { lazy, Suspense, useEffect } from "react";
import type { Here } from "../session/SignInGate.tsx";
import { Frame } from "../ui/Frame.tsx";
import { AfterCall } from "./AfterCall.tsx";
import { Home } from "./Home.tsx";
import { known, useIncoming } from "./incoming.ts";
import { Ringing } from "./Ringing.tsx";
import { type Stage, useStage } from "./stage.ts";

const loadCall = () => import("../call/CallScreen.tsx");
const CallScreen = lazy(loadCall);

/** The page for those who call: choose, talk, read what was said. */
export function CallPage({ user, client, onSignOut }: Here) {
  const { stage, open, resume, answer, over, home } = useStage(client);
  const { ringing, decline } = useIncoming(client, user.id);
  const [incoming] = ringing;

  useEffect(() => {
    void resume();
    // What the call needs is large: it comes while the person is still choosing.
    loadCall().catch(() => {});
  }, [resume]);
  useEffect(() => {
    document.title = incoming ? `${incoming.callerName} is calling` : TITLES[stage.at];
  }, [incoming, stage.at]);

  return (
    <>
      {incoming && stage.at !== "call" && (
        <Ringing
          key={incoming.callId}
          call={incoming}
          onAccept={() => answer(known(incoming))}
          onDecline={() => decline(incoming)}
        />
      )}
      {stage.at === "call" ? (
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
      ) : (
        <Frame user={user} onSignOut={onSignOut} link={user.isAdmin && <ConsoleLink />}>
          {stage.at === "home" && <Home problem={stage.problem} onChoose={open} />}
          {stage.at === "opening" && <Opening />}
          {stage.at === "after" && <AfterCall client={client} user={user} ended={stage} onDone={() => home(null)} />}
        </Frame>
      )}
    </>
  );
}

const TITLES: Record<Stage["at"], string> = {
  home: "Voice",
  opening: "Voice",
  call: "In a call · Voice",
  after: "Call ended · Voice",
};

function Opening() {
  return (
    <div role="status" className="m-auto animate-pulse py-24 text-muted">
      <h1>One moment …</h1>
    </div>
  );
}

function ConsoleLink() {
  return (
    <a href="/console" className="rounded-lg px-3 py-2 font-medium hover:bg-sunken">
      Console
    </a>
  );
}
