/** Who of those in a room is the assistant, and who takes part at all. Pure. */

export interface Present {
  isAgent: boolean;
  attributes: Readonly<Record<string, string>>;
}

/** LiveKit's own, of a participant that only lends another one its tracks: the one that says "This call is being
 * recorded." where there is no assistant. It is heard, and is nobody. */
const SPEAKS_FOR = "lk.publish_on_behalf";

export function assistantAmong<P extends Present>(present: readonly P[]): P | undefined {
  return takingPart(present).find((each) => each.isAgent);
}

export function takingPart<P extends Present>(present: readonly P[]): P[] {
  return present.filter((each) => !each.isAgent || !(SPEAKS_FOR in each.attributes));
}

export interface Published {
  kind: string;
  source: string;
  isMuted: boolean;
}

/** Whether somebody's sound is in the call: of a microphone, or where there is none of a track whose source nobody has
 * named, as LiveKit's SDKs beside the browser's publish one. The agent hears the same. */
export function isHeard(published: Iterable<Published>): boolean {
  const sounds = [...published].filter(({ kind }) => kind === "audio");
  const voice =
    sounds.find(({ source }) => source === "microphone") ?? sounds.find(({ source }) => source === "unknown");
  return voice !== undefined && !voice.isMuted;
}

/** Whether a data message counts as the service's: the server has no identity, and an agent is one by its token. What a
 * person sends is a person's; theirs may come before the page has heard of them. */
export function isOfService(identity: string | undefined, sender: Present | undefined): boolean {
  return !identity || sender?.isAgent === true;
}
