import type { EndReason } from "voice-client";

export interface Ending {
  title: string;
  /** What it means for the person, or what to do. */
  advice: string;
}

const ENDINGS: Record<EndReason, Ending> = {
  caller_hung_up: { title: "The call has ended", advice: "The caller hung up." },
  callee_hung_up: { title: "The call has ended", advice: "The person you called hung up." },
  agent_hung_up: { title: "The call has ended", advice: "The assistant said goodbye and hung up." },
  ended_by_api: { title: "The call was ended", advice: "An operator or another device of yours ended it." },
  declined: { title: "The call was declined", advice: "Try again later, or send a message." },
  no_answer: { title: "Nobody answered", advice: "Try again later." },
  no_show: { title: "The call was never joined", advice: "Nobody came into the call in time. Start a new one." },
  no_agent: {
    title: "No assistant was free",
    advice: "All of them are busy or away. Try again in a minute.",
  },
  caller_lost: {
    title: "The connection was lost",
    advice: "It did not come back in time. Check your network, then call again.",
  },
  callee_lost: {
    title: "The other side was lost",
    advice: "Their connection did not come back. Call them again.",
  },
  idle_timeout: { title: "The call went quiet", advice: "Nobody had spoken for a while, so it was ended." },
  max_duration: { title: "The call reached its longest time", advice: "Start a new one to go on." },
  agent_lost: {
    title: "The assistant was lost",
    advice: "Something broke on our side. Call again: you will get another one.",
  },
  everyone_left: { title: "The call has ended", advice: "Everybody has left." },
  busy: { title: "They are in another call", advice: "Try again later." },
  provider_down: {
    title: "The assistant is out of order",
    advice: "The service behind it does not answer. Try again in a few minutes.",
  },
  provider_quota: {
    title: "The assistant is not available",
    advice: "Its quota is used up. Tell the operator of this service.",
  },
  provider_auth: {
    title: "The assistant is not available",
    advice: "It could not sign in at its provider. Tell the operator of this service.",
  },
  media_server_lost: {
    title: "The call broke off",
    advice: "The server that carries the sound went away. Try again in a minute.",
  },
  internal_error: { title: "The call broke off", advice: "Something went wrong on our side. Try again." },
};

const UNKNOWN: Ending = { title: "The call has ended", advice: "" };

export type Side = "caller" | "callee" | "other";

const HUNG_UP: Partial<Record<EndReason, Side>> = {
  caller_hung_up: "caller",
  callee_hung_up: "callee",
  declined: "callee",
};

/** In words, for whoever was on that side of the call. */
export function endingOf(reason: EndReason | null, side: Side): Ending {
  const ending = (reason === null ? undefined : ENDINGS[reason]) ?? UNKNOWN;
  const isOwnDoing = reason !== null && HUNG_UP[reason] === side;
  if (!isOwnDoing) return ending;
  return reason === "declined"
    ? { title: "You declined the call", advice: "The caller has been told." }
    : { title: ending.title, advice: "You hung up." };
}
