/** What the call is doing, in a few words. Pure. */
import type { CallType } from "voice-client";

export type AgentState = "initializing" | "listening" | "thinking" | "speaking";

export interface CallFacts {
  callType: CallType;
  title: string;
  isConnected: boolean;
  /** undefined: there is no agent in the room. */
  agentState: AgentState | undefined;
  /** Other people in the room. */
  people: number;
  /** Somebody was there to talk to before. */
  wasLive: boolean;
}

const AGENT: Record<AgentState, string> = {
  initializing: "The assistant is getting ready",
  listening: "Listening",
  thinking: "Thinking",
  speaking: "Speaking",
};

export function statusOf(facts: CallFacts): string {
  if (!facts.isConnected) return "Connecting …";
  if (facts.callType === "support") return facts.agentState ? AGENT[facts.agentState] : "Waiting for the assistant …";
  return facts.callType === "user-to-user" ? ofTwo(facts) : ofMany(facts);
}

function ofTwo({ title, people, wasLive }: CallFacts): string {
  if (people > 0) return "Connected";
  return wasLive ? `Waiting for ${title} to come back …` : `Ringing ${title} …`;
}

function ofMany({ people, agentState }: CallFacts): string {
  if (people > 0) return people === 1 ? "You and one other person" : `You and ${people} others`;
  return agentState ? AGENT[agentState] : "You are the only one here";
}

/** Somebody is there to talk to: from here on the time counts. */
export function isLive(facts: CallFacts): boolean {
  const talksToAgent = facts.callType !== "user-to-user" && facts.agentState !== undefined;
  return facts.isConnected && (facts.people > 0 || talksToAgent);
}

export function agentStateOf(value: string | undefined): AgentState {
  return value !== undefined && value in AGENT ? (value as AgentState) : "initializing";
}
