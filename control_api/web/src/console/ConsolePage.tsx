import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { VoiceApiError } from "voice-client";
import type { Here } from "../session/SignInGate.tsx";
import { Frame } from "../ui/Frame.tsx";
import { HistoryView } from "./history/HistoryView.tsx";
import { LiveCalls } from "./live/LiveCalls.tsx";
import { LiveView } from "./live/LiveView.tsx";
import { Loading } from "./parts.tsx";
import { type Route, useRoute, type View } from "./route.ts";

// Charts and the waveform are large: they come when the first view stands, before anybody asks for them.
const loadCallView = () => import("./call/CallView.tsx");
const loadTrendsView = () => import("./trends/TrendsView.tsx");
const CallView = lazy(loadCallView);
const TrendsView = lazy(loadTrendsView);
const LOAD_AFTER_MS = 500;

const VIEWS: [View, string][] = [
  ["live", "Live"],
  ["history", "History"],
  ["trends", "Trends"],
];

export function ConsolePage({ user, client, onSignOut }: Here) {
  const [queries] = useState(newQueries);
  const [route, go] = useRoute();
  useEffect(() => {
    const timer = setTimeout(() => void Promise.allSettled([loadCallView(), loadTrendsView()]), LOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <QueryClientProvider client={queries}>
      <Frame user={user} onSignOut={onSignOut} wide>
        {user.isAdmin ? (
          <LiveCalls client={client}>
            <Navigation route={route} go={go} />
            <Suspense fallback={<Loading />}>
              {route.callId !== null ? (
                <CallView client={client} callId={route.callId} user={user} />
              ) : route.view === "history" ? (
                <HistoryView client={client} route={route} go={go} />
              ) : route.view === "trends" ? (
                <TrendsView client={client} />
              ) : (
                <LiveView client={client} go={go} />
              )}
            </Suspense>
          </LiveCalls>
        ) : (
          <NotForYou />
        )}
      </Frame>
    </QueryClientProvider>
  );
}

function Navigation({ route, go }: { route: Route; go: (to: Partial<Route>) => void }) {
  return (
    <nav aria-label="Console" className="mb-6 flex gap-1 border-b border-line">
      {VIEWS.map(([view, title]) => {
        const isHere = route.view === view;
        return (
          <a
            key={view}
            href={`/console?view=${view}`}
            aria-current={isHere ? "page" : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey) return;
              event.preventDefault();
              go({ view });
            }}
            className={`-mb-px border-b-2 px-4 py-2.5 text-[0.9375rem] font-medium transition-colors ${
              isHere ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink"
            }`}
          >
            {title}
          </a>
        );
      })}
    </nav>
  );
}

function NotForYou() {
  return (
    <div className="m-auto text-center">
      <h1 className="text-2xl font-semibold tracking-tight">This is for operators</h1>
      <p className="mt-2 text-muted">Sign in as somebody who may see every call.</p>
    </div>
  );
}

/** What is shown is kept true by the event stream: it is read when a view opens, and not again on a mere suspicion. */
function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        // While its view was closed, nobody heard what changed it.
        refetchOnMount: "always",
        refetchOnWindowFocus: false,
        // The client itself has tried again already.
        retry: (count, error) => count < 1 && !(error instanceof VoiceApiError),
      },
    },
  });
}
