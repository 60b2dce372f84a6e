import { useParticipants, useRoomContext } from "@livekit/components-react";
import { useEffect, useRef, useState } from "react";
import type { OpenCall } from "../app/calls.ts";
import { ASSISTANT } from "../app/Transcript.tsx";
import { useFeed } from "../feed/FeedContext.ts";
import { type Caption, captionOf, follow, recorded, withCaption } from "./captions.ts";
import { nameOf } from "./People.tsx";

/** What both sides say, while they say it. */
export function Captions({ call, me }: { call: OpenCall; me: string }) {
  const captions = useCaptions(call);
  const names = new Map(useParticipants().map((each) => [each.identity, nameOf(each)]));
  names.set("agent", ASSISTANT);
  const list = useRef<HTMLOListElement>(null);
  const last = captions.at(-1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the newest words
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last?.text]);

  return (
    <section aria-label="Captions" className="flex min-h-40 flex-1 flex-col">
      <ol
        ref={list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="What was said"
        className="max-h-[38dvh] flex-1 space-y-2.5 overflow-y-auto rounded-2xl border border-line bg-surface p-4"
      >
        {captions.map((caption) => (
          <CaptionLine
            key={`${caption.speaker} ${caption.id}`}
            caption={caption}
            name={names.get(caption.speaker)}
            isMe={caption.speaker === me}
          />
        ))}
        {captions.length === 0 && (
          <li className="py-8 text-center text-sm text-muted">Words appear here as they are said.</li>
        )}
      </ol>
      <p className="sr-only" aria-live="polite">
        {newestFinal(captions, names)}
      </p>
    </section>
  );
}

function CaptionLine({ caption, name, isMe }: { caption: Caption; name: string | undefined; isMe: boolean }) {
  return (
    <li
      data-speaker={caption.speaker}
      data-final={caption.isFinal}
      className={`flex animate-appear flex-col ${isMe ? "items-end text-right" : "items-start"}`}
    >
      <bdi className="mb-0.5 text-xs font-medium text-muted">{name ?? caption.speaker}</bdi>
      <span
        dir="auto"
        className={`max-w-[85%] rounded-2xl px-3.5 py-2 text-start leading-snug wrap-anywhere ${isMe ? "bg-accent-soft" : "bg-sunken"} ${
          caption.isFinal ? "" : "opacity-80"
        }`}
      >
        {caption.text}
      </span>
    </li>
  );
}

/** From the room, word by word, where an agent is there; from the record, sentence by sentence, in every call. */
function useCaptions({ callId, before }: OpenCall): Caption[] {
  const room = useRoomContext();
  const [captions, setCaptions] = useState(() => recorded(before));
  useFeed(({ callId: of, segment }) => {
    if (of === callId && segment !== null) setCaptions((known) => withCaption(known, captionOf(segment)));
  });
  useEffect(() => follow(room, (caption) => setCaptions((before) => withCaption(before, caption))), [room]);
  return captions;
}

/** Read out once, when it will not change any more. */
function newestFinal(captions: Caption[], names: Map<string, string>): string {
  const newest = captions.findLast((caption) => caption.isFinal);
  return newest ? `${names.get(newest.speaker) ?? newest.speaker}: ${newest.text}` : "";
}
