/**
 * Who really writes a text stream, and whose words it may say. Pure.
 *
 * LiveKit's server writes into each packet whose session it came from. It lets an agent write under somebody else's
 * identity, as captions of what people say come, and nobody else; its client passes the identity on and not the session,
 * and takes the pieces of a stream from anybody.
 */

/** What a packet of a stream says; others are ignored. */
export interface StreamPacket {
  participantSid: string;
  value: { case?: string | undefined; value?: unknown };
}

export interface Speaker {
  sid: string;
  isAgent: boolean;
}

const PARTS = new Set(["streamHeader", "streamChunk", "streamTrailer"]);
/** Streams of which the end never came are forgotten at last. */
const MOST = 500;

export class Senders {
  /** By the stream: the session that sends it; null when several did. */
  readonly #sids = new Map<string, string | null>();

  hear({ participantSid, value }: StreamPacket): void {
    if (value.case === undefined || !PARTS.has(value.case)) return;
    const { streamId } = value.value as { streamId: string };
    const known = this.#sids.get(streamId);
    this.#sids.set(streamId, known === undefined || known === participantSid ? participantSid : null);
    const oldest = this.#sids.keys().next();
    if (this.#sids.size > MOST && !oldest.done) this.#sids.delete(oldest.value);
  }

  /** Whether an agent writes this stream, alone. `speaker`: whose identity it comes under. What people send comes under
   * their own identity, whatever they do. */
  isOfAgent(streamId: string, speaker: Speaker | undefined): boolean {
    const sid = this.#sids.get(streamId);
    if (!sid || speaker === undefined) return false;
    return speaker.isAgent === (speaker.sid === sid);
  }
}
