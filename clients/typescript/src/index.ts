export { VoiceClient } from "./client.js";
export { VoiceApiError, VoiceConnectionError, VoiceError, VoiceRateLimitError } from "./errors.js";
export type { RequestOptions, TokenProvider, VoiceClientOptions } from "./options.js";
export { DEFAULT_RETRY, type RetryPolicy } from "./retry.js";
export type * from "./voice.js";
