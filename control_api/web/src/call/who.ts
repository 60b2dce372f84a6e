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

/** Whether a data message counts as the service's: the server has no identity, and an agent is one by its token. What a
 * person sends is a person's; theirs may come before the page has heard of them. */
export function isOfService(identity: string | undefined, sender: Present | undefined): boolean {
  return !identity || sender?.isAgent === true;
}
