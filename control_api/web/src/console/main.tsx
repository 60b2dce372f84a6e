import { createRoot } from "react-dom/client";
import { SignInGate } from "../session/SignInGate.tsx";
import { Frame } from "../ui/Frame.tsx";

createRoot(document.getElementById("root") as HTMLElement).render(
  <SignInGate>
    {({ user, onSignOut }) => (
      <Frame user={user} onSignOut={onSignOut} wide>
        <h1 className="text-2xl font-semibold">Console</h1>
      </Frame>
    )}
  </SignInGate>,
);
