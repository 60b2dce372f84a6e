import { type FormEvent, useState } from "react";
import { Button, Card, Field, Switch } from "../ui/controls.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import type { Problem } from "../words/problems.ts";
import { type Choice, isReadable, roomNameOf } from "./calls.ts";
import { MicrophoneCheck } from "./MicrophoneCheck.tsx";

type Kind = Choice["kind"];

interface Offer {
  kind: Kind;
  title: string;
  text: string;
  icon: IconName;
}

const OFFERS: Offer[] = [
  { kind: "support", title: "AI support", text: "Answers at once, at any hour.", icon: "spark" },
  { kind: "person", title: "A person", text: "Rings until they answer.", icon: "person" },
  { kind: "conference", title: "A conference", text: "Everybody who knows its name.", icon: "people" },
];

export interface HomeProps {
  problem: Problem | null;
  onChoose: (choice: Choice, recorded: boolean) => void;
}

export function Home({ problem, onChoose }: HomeProps) {
  const [kind, setKind] = useState<Kind>("support");
  const [name, setName] = useState("");
  const [withAgent, setWithAgent] = useState(false);
  const [recorded, setRecorded] = useState(true);

  function submit(event: FormEvent) {
    event.preventDefault();
    onChoose(choiceOf(kind, name, withAgent), recorded);
  }

  return (
    <form onSubmit={submit} className="space-y-5 pt-2 sm:pt-8">
      <h1 className="text-3xl font-semibold tracking-tight">Whom do you want to talk to?</h1>
      {problem && <ProblemNotice problem={problem} />}
      <fieldset className="grid gap-3 sm:grid-cols-3">
        <legend className="sr-only">Kind of call</legend>
        {OFFERS.map((offer) => (
          <OfferCard key={offer.kind} offer={offer} chosen={kind === offer.kind} onChoose={() => setKind(offer.kind)} />
        ))}
      </fieldset>
      <Card className="divide-y divide-line">
        {kind !== "support" && (
          <div className="space-y-5 p-5">
            <WhoField kind={kind} name={name} onName={setName} />
            <Switch
              label="Invite the assistant"
              hint="It listens to everybody and answers."
              checked={withAgent}
              onChange={setWithAgent}
            />
          </div>
        )}
        {kind !== "conference" && (
          <div className="p-5">
            <Switch
              label="Record the call"
              hint="You find the recording here afterwards."
              checked={recorded}
              onChange={setRecorded}
            />
          </div>
        )}
        <div className="p-5">
          <MicrophoneCheck />
        </div>
      </Card>
      {/* Within reach on a phone, however long the form is. */}
      <div className="sticky bottom-0 -mx-5 bg-canvas px-5 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
        <Button type="submit" tone="primary" className="min-h-13 w-full text-base">
          <Icon name="phone" /> {kind === "conference" ? "Join" : "Call"}
        </Button>
      </div>
    </form>
  );
}

function OfferCard({ offer, chosen, onChoose }: { offer: Offer; chosen: boolean; onChoose: () => void }) {
  return (
    <label
      className={`flex cursor-pointer items-center gap-4 rounded-2xl border p-4 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent sm:flex-col sm:items-start sm:gap-3 ${
        chosen ? "border-accent bg-accent-soft" : "border-line bg-surface hover:bg-sunken"
      }`}
    >
      <input type="radio" name="kind" className="sr-only" checked={chosen} onChange={onChoose} />
      <Icon name={offer.icon} className={`size-6 ${chosen ? "text-accent" : "text-muted"}`} />
      <span>
        <span className="block font-medium">{offer.title}</span>
        <span className="block text-sm text-muted">{offer.text}</span>
      </span>
    </label>
  );
}

function WhoField({ kind, name, onName }: { kind: Kind; name: string; onName: (name: string) => void }) {
  const isConference = kind === "conference";
  const room = roomNameOf(name);
  return (
    <Field
      label={isConference ? "Name of the conference" : "Whom"}
      required
      maxLength={120}
      value={name}
      onChange={(event) => onName(event.target.value)}
      placeholder={isConference ? "monday-meeting" : "ann-lee"}
      hint={isConference && isReadable(room) && room !== name ? `Others join it as “${room}”.` : hintOf(isConference)}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
    />
  );
}

function hintOf(isConference: boolean): string {
  return isConference ? "It is opened if it is not there yet." : "Their user id.";
}

function choiceOf(kind: Kind, name: string, withAgent: boolean): Choice {
  if (kind === "support") return { kind };
  return kind === "person" ? { kind, calleeId: name.trim(), withAgent } : { kind, name, withAgent };
}
