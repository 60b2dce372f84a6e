export { VoiceClient } from "./client.js";
export { VoiceApiError, VoiceConnectionError, VoiceError, VoiceRateLimitError } from "./errors.js";
export type { Followed, FollowOptions } from "./events.js";
export type { RequestOptions, TokenProvider, VoiceClientOptions } from "./options.js";
export { type Place, placeInRecording } from "./place.js";
export { DEFAULT_RETRY, type RetryPolicy } from "./retry.js";
export type * from "./voice.js";
