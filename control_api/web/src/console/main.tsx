import { createRoot } from "react-dom/client";
import { SignInGate } from "../session/SignInGate.tsx";
import { Fallback } from "../ui/Fallback.tsx";
import { ConsolePage } from "./ConsolePage.tsx";

createRoot(document.getElementById("root") as HTMLElement).render(
  <Fallback>
    <SignInGate>{(here) => <ConsolePage {...here} />}</SignInGate>
  </Fallback>,
);
