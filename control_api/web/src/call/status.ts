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
  if (facts.callType === "user-to-user") return facts.people > 0 ? "Connected" : `Ringing ${facts.title} …`;
  if (facts.people === 0 && !facts.agentState) return "You are the first one here";
  return facts.people === 1 ? "You and one other person" : `You and ${facts.people} others`;
}

/** Somebody is there to talk to: from here on the time counts. */
export function isLive(facts: CallFacts): boolean {
  return facts.isConnected && (facts.people > 0 || facts.agentState !== undefined);
}

export function agentStateOf(value: string | undefined): AgentState {
  return value !== undefined && value in AGENT ? (value as AgentState) : "initializing";
}
