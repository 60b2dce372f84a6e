"""What each setting means, for people. Names, defaults and bounds come from the code (`configuration_page`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    meaning: str
    unit: str = ""
    empty: str = "the default"
    """What it means when it is not set, or set to nothing."""


BOTH = {
    "VOICE_ENV": Text("`development` or `production`. Without Clerk only development starts, and only on loopback."),
    "LIVEKIT_HOST": Text("LiveKit as browsers reach it.", "ws(s):// URL", "API: 503; worker: needed"),
    "LIVEKIT_URL": Text("Another name of `LIVEKIT_HOST`.", "ws(s):// URL", "as `LIVEKIT_HOST` says"),
    "LIVEKIT_INTERNAL_URL": Text("LiveKit as the API and the workers reach it.", "URL", "`LIVEKIT_HOST`"),
    "LIVEKIT_API_KEY": Text("A key of that LiveKit.", "", "API: 503; worker: needed"),
    "LIVEKIT_API_SECRET": Text("Its secret, at least 32 characters.", "secret", "as for the key"),
    "VOICE_WORKER_TOKEN": Text(
        "What workers show to the API, at least 32 characters, the same on both sides.",
        "secret",
        "needed as soon as LiveKit is set",
    ),
    "VOICE_LOG_LEVEL": Text("The least that is logged."),
    "OTEL_EXPORTER_OTLP_ENDPOINT": Text(
        "A collector of OpenTelemetry that takes traces over HTTP, without `/v1/traces`. Headers and the like by "
        "OpenTelemetry's own variables.",
        "URL",
        "no traces",
    ),
    "VOICE_LOG_FORMAT": Text(
        "`json`: one object a line; `plain`: for people. Warnings of the worker's media library are text (`RUST_LOG`)."
    ),
    "VOICE_MODEL": Text(
        "The model of calls that name none. The worker runs it; the API must say the same to know what they cost."
    ),
    "VOICE_MODEL_PRICES": Text(
        "What models cost, for the API's figures and the workers' metrics: US dollars per million tokens, "
        '`{"gpt-realtime-2.1": {"text_in": 4, "audio_in": 32, "cached_in": 0.4, "text_out": 16, "audio_out": 64}}`.',
        "JSON",
        "tokens are counted, and no cost",
    ),
    "VOICE_INPUT_TRANSCRIPTION_MODEL": Text(
        "The model that writes down the caller's words in a session of the model. A call goes on without it when the "
        "service refuses it (`transcription_off` in its timeline). The worker runs it; the API must say the same to "
        "show it."
    ),
    "VOICE_DEFAULT_PROMPT": Text(
        "What an agent is told in calls that bring no `systemPrompt`. The worker tells it; the API must say the same "
        "to know it."
    ),
}
API = {
    "VOICE_API_HOST": Text("Where the API listens. With the development sign-in: loopback only.", "address"),
    "VOICE_API_PORT": Text("Where the API listens.", "port"),
    "VOICE_PUBLIC_URL": Text(
        "The API as browsers reach it, for the links that it makes.", "URL", "`http://` and where it listens"
    ),
    "VOICE_DATABASE_URL": Text("`sqlite:///` and a path; relative ones begin where the process was started.", "URL"),
    "VOICE_DEV_ISSUER_DIR": Text("Where the development issuer keeps its key.", "path"),
    "VOICE_CORS_ORIGINS": Text(
        "Origins whose pages may call the API from a browser, exactly as they are.",
        "origins, by comma",
        "none: only pages of the API's own origin",
    ),
    "VOICE_MAX_CONNECTIONS": Text(
        "Connections of clients that are held at once; more are answered 503. The process raises its limit of open "
        "files for them as far as it may.",
        "connections",
    ),
    "VOICE_METRICS_HOST": Text(
        "Where the API's metrics are served. Nobody who reads them is asked for anything: keep it to those who may.",
        "address",
    ),
    "VOICE_METRICS_PORT": Text("The same: `/metrics`, for Prometheus.", "port", "they are not served"),
    "VOICE_MAX_CALL_S": Text("The longest call.", "seconds"),
    "VOICE_IDLE_TIMEOUT_S": Text("A call with an agent ends when nobody has spoken for so long.", "seconds"),
    "VOICE_NO_SHOW_S": Text(
        "A caller who has not joined by then is not coming. Also the life of their token.", "seconds"
    ),
    "VOICE_RING_S": Text("How long a callee is rung.", "seconds"),
    "VOICE_RECONNECT_GRACE_S": Text("How long somebody whose connection was lost may take to come back.", "seconds"),
    "VOICE_MAX_OPEN_CALLS_PER_USER": Text("Calls that one user may have open at once.", "calls"),
    "VOICE_DISPATCH_RETRY_S": Text("When no worker has claimed a call, it is dispatched again so often.", "seconds"),
    "VOICE_RECOVERY_GIVE_UP_S": Text(
        "How long a call whose agent was lost waits for another one, before it ends (`agent_lost`) or, where people "
        "talk with each other, goes on without.",
        "seconds",
    ),
    "VOICE_DISPATCH_GIVE_UP_S": Text("And ends (`no_agent`) when nobody has claimed it by then.", "seconds"),
    "VOICE_TRUSTED_PROXIES": Text(
        "Networks of the proxies before the API, whose `X-Forwarded-For` is believed.", "CIDR, by comma", "none"
    ),
}
RECORDING = {
    "LIVEKIT_RECORDING_BUCKET": Text(
        "Where recordings are kept: the name of an S3 bucket, or `gs://bucket`, `az://container`, `file:///folder`, "
        "each with a prefix behind it if you like. The same for the API and the workers.",
        "name or URL",
        "nothing is recorded",
    ),
    "LIVEKIT_RECORDING_REGION": Text("The bucket's region.", "", "S3's own default"),
    "LIVEKIT_RECORDING_ENDPOINT": Text("A service that speaks S3's protocol.", "URL", "Amazon's"),
    "LIVEKIT_RECORDING_PUBLIC_ENDPOINT": Text(
        "The same service as browsers reach it: links to recordings lead there. Needed when the other one is a name "
        "that only your network knows. Only the API reads it.",
        "URL",
        "`LIVEKIT_RECORDING_ENDPOINT`",
    ),
    "AWS_ACCESS_KEY_ID": Text("The key for the bucket.", "", "the role of the machine"),
    "AWS_SECRET_ACCESS_KEY": Text("Its secret.", "secret", "needed with the key"),
    "AWS_SESSION_TOKEN": Text("Of a key that was lent for a while.", "secret", "none"),
    "RECORDING_BACKEND": Text(
        "`worker`: the workers record. `egress`: LiveKit's Egress service, which you run beside LiveKit, does."
    ),
    "RECORDING_NOTICE": Text(
        "`spoken`: it is said in the call that it is recorded, when the recording begins; by the agent, or where there "
        "is none by a participant that comes for it. Needs `RECORDING_BACKEND=worker`. (API only.)"
    ),
    "RECORDING_RETENTION_DAYS": Text("Recordings are deleted so long after their end.", "days", "never"),
    "TRANSCRIPT_RETENTION_DAYS": Text("Transcripts are deleted so long after the end of the call.", "days", "never"),
}
SIGN_IN = {
    "CLERK_ISSUER": Text("Clerk's Frontend API URL.", "URL", "the development issuer; production does not start"),
    "CLERK_AUTHORIZED_PARTIES": Text(
        "The pages that may sign in; only they may write with the session cookie.",
        "origins, by comma",
        "needed with `CLERK_ISSUER`",
    ),
    "CLERK_JWT_KEY": Text(
        "The instance's public key; line ends may be written `\\n`. Tokens are then checked without a network.",
        "PEM",
        "keys are fetched",
    ),
    "CLERK_PUBLISHABLE_KEY": Text(
        "The instance's publishable key: our pages sign people in by Clerk's script.",
        "",
        "our pages use the cookie of the application's pages",
    ),
    "CLERK_JWKS_URL": Text("Where the keys are fetched.", "URL", "`CLERK_ISSUER` + `/.well-known/jwks.json`"),
    "CLERK_AUDIENCE": Text("Tokens that have an audience must have this one.", "", "those that have one are refused"),
    "CLERK_NAME_CLAIM": Text("The claim that holds a person's name; dots lead into objects.", "claim"),
    "CLERK_ADMIN_CLAIMS": Text("Claims that make an admin when they hold `admin`.", "claims, by comma"),
}
RATES = {
    "VOICE_RATE_SESSION_PER_HOUR": Text("Opening calls and starting agents.", "requests per hour and user"),
    "VOICE_RATE_REALTIME_PER_HOUR": Text("Joining calls.", "requests per hour and user"),
    "VOICE_RATE_RECORDING_PER_HOUR": Text("Recordings started and described.", "requests per hour and user"),
    "VOICE_RATE_READ_PER_15_MIN": Text("Reads.", "requests per 15 min and user"),
    "VOICE_RATE_ADMIN_READ_PER_15_MIN": Text("Reads of an admin.", "requests per 15 min and user"),
    "REDIS_URL": Text("Where requests are counted when several API processes run.", "URL, secret", "in the process"),
    "UPSTASH_REDIS_REST_URL": Text("The same, by Upstash's REST interface.", "https:// URL", "not used"),
    "UPSTASH_REDIS_REST_TOKEN": Text("Its token.", "secret", "not used; needed with the URL"),
}
WORKER = {
    "VOICE_API_URL": Text("The API as workers reach it.", "URL"),
    "VOICE_WORKER_SLOTS": Text("Calls that one worker process takes at once.", "calls"),
    "VOICE_WORKER_MAX_MEMORY_MB": Text(
        "A process that has grown to so much is replaced: a fresh one takes the new calls, it serves its last ones. 0: "
        "never.",
        "MB",
    ),
    "VOICE_WORKER_MAX_CALLS": Text("The same for one that has taken so many calls. 0: never.", "calls"),
    "VOICE_WORKER_SPOOL_DIR": Text("Where reports wait that the API has not taken yet.", "path"),
    "VOICE_RECORDING_SPOOL_DIR": Text("Where recordings lie until the store has them.", "path"),
    "VOICE_WORKER_HEALTH_HOST": Text(
        "Where `/healthz`, `/readyz` and `/metrics` are. Nobody who reads them is asked for anything.", "address"
    ),
    "VOICE_WORKER_HEALTH_PORT": Text("The same.", "port"),
    "VOICE_SPEECH_SPOOL_DIR": Text("Where the speech of calls between people lies until its words are known.", "path"),
    "VOICE_TRANSCRIPTION_URL": Text(
        "A service with OpenAI's `/audio/transcriptions`, for calls between people: `http(s)://host/v1`.",
        "URL",
        "the model's service",
    ),
    "VOICE_TRANSCRIPTION_API_KEY": Text("Its key.", "secret", "`OPENAI_API_KEY`, if no other service is named"),
    "VOICE_TRANSCRIPTION_MODEL": Text("Its model."),
    "VOICE_TRANSCRIPTION_STREAMING": Text(
        "Ask for words while they are found. Services that cannot ignore it; `false` for those that refuse it."
    ),
    "VOICE_DRAIN_S": Text("After SIGTERM, calls may go on for so long.", "seconds"),
    "OPENAI_API_KEY": Text("The model's key.", "secret", "needed; `make run` starts a local model instead"),
    "OPENAI_BASE_URL": Text(
        "A service that speaks the same protocol: `http(s)://host/v1`, with whatever path and query it needs; "
        "`/realtime` and `/models` are put behind the path.",
        "URL",
        "OpenAI's own",
    ),
    "VOICE_MODEL_SESSION_S": Text(
        "How long the service lets a session live: the call gets a new one in a pause before that.", "seconds"
    ),
    "VOICE_CLIPS_DIR": Text("Stored lines of your own (`worker/clips/README.md`).", "path", "those that are shipped"),
    "VOICE_DEFAULT_GREETING": Text("What an agent says first in calls that bring no `greeting`."),
}
RUN = {
    "VOICE_LIVEKIT_PORT": Text("LiveKit's, when `make run` starts one.", "port"),
    "VOICE_LIVEKIT_UDP_PORT": Text("Its media.", "UDP port"),
    "VOICE_REALTIME_PORT": Text("The local Realtime server's, when `make run` starts one.", "port"),
}
SECTIONS = {
    "API and workers": BOTH,
    "Control API": API,
    "Recordings and transcripts": RECORDING,
    "Sign-in": SIGN_IN,
    "Rate limits": RATES,
    "Worker": WORKER,
    "`make run` only": RUN,
}
