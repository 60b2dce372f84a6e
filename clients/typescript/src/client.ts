import { Agents } from "./agents.js";
import { Events } from "./events.js";
import { Statistics, Workers } from "./operations.js";
import type { VoiceClientOptions } from "./options.js";
import { Realtime } from "./realtime.js";
import { Recordings } from "./recordings.js";
import { Sessions } from "./sessions.js";
import { Tokens } from "./tokens.js";
import { Transport } from "./transport.js";

/** The voice API, typed. */
export class VoiceClient {
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly agents: Agents;
  readonly realtime: Realtime;
  readonly recordings: Recordings;
  readonly events: Events;
  readonly workers: Workers;
  readonly stats: Statistics;

  constructor(options: VoiceClientOptions = {}) {
    const transport = new Transport(options);
    this.sessions = new Sessions(transport);
    this.tokens = new Tokens(transport);
    this.agents = new Agents(transport);
    this.realtime = new Realtime(transport);
    this.recordings = new Recordings(transport);
    this.events = new Events(transport);
    this.workers = new Workers(transport);
    this.stats = new Statistics(transport);
  }
}
