import { createRoot } from "react-dom/client";
import { CallPage } from "./app/CallPage.tsx";
import { SignInGate } from "./session/SignInGate.tsx";
import { Fallback } from "./ui/Fallback.tsx";

createRoot(document.getElementById("root") as HTMLElement).render(
  <Fallback>
    <SignInGate>{(here) => <CallPage key={here.user.id} {...here} />}</SignInGate>
  </Fallback>,
);
