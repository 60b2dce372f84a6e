// Runs in the page before its own script: a mouth that speaks on cue, and ears that note what comes by WebRTC.
// The microphone is still the browser's own; what is said on cue is added to it. Times are milliseconds since the epoch.
(() => {
  const LOUD = 0.01; // -40 dBFS, well above what a silent line decodes to
  const LOOK_MS = 10;
  const { AudioContext } = window; // also where a test takes the page's own away
  const mouths = [];
  const ears = [];
  const nowMs = () => performance.timeOrigin + performance.now();

  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const microphone = await getUserMedia(constraints);
    const context = new AudioContext();
    const line = context.createMediaStreamDestination();
    context.createMediaStreamSource(microphone).connect(line);
    mouths.push({ context, line });
    return line.stream;
  };

  async function say(wav) {
    const { context, line } = mouths.at(-1);
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(Uint8Array.from(atob(wav), (char) => char.charCodeAt(0)).buffer);
    source.connect(line);
    const ended = new Promise((resolve) => source.addEventListener("ended", resolve));
    const beganMs = nowMs();
    source.start();
    await ended;
    return { beganMs, endedMs: nowMs() };
  }

  function listen(track) {
    // Told again at each negotiation.
    if (track.kind !== "audio" || ears.some(({ id }) => id === track.id)) return;
    const stream = new MediaStream([track]);
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const ear = { id: track.id, loudMs: [], pieces: [] };
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      if (samples.some((sample) => Math.abs(sample) > LOUD)) ear.loudMs.push(nowMs());
    }, LOOK_MS);
    const recorder = new MediaRecorder(stream, { mimeType: "audio/webm;codecs=opus" });
    recorder.addEventListener("dataavailable", ({ data }) => ear.pieces.push(data));
    recorder.start(200);
    ears.push(ear);
  }

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...rest) {
      super(...rest);
      this.addEventListener("track", ({ track }) => listen(track));
    }
  };

  const least = (numbers) => (numbers.length === 0 ? null : Math.min(...numbers));
  const asBase64 = (blob) =>
    new Promise((resolve) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result.split(",")[1] ?? ""));
      reader.readAsDataURL(blob);
    });

  window.test = {
    nowMs,
    hasMouth: () => mouths.length > 0,
    say,
    /** The first and the last moment of sound since then; null while there was none. */
    firstSoundMs: (sinceMs) => least(ears.flatMap(({ loudMs }) => loudMs.find((ms) => ms > sinceMs) ?? [])),
    lastSoundMs: () => Math.max(0, ...ears.flatMap(({ loudMs }) => loudMs.at(-1) ?? [])),
    /** One WebM file of each track that was heard. */
    heard: () => Promise.all(ears.map(({ pieces }) => asBase64(new Blob(pieces)))),
    /** The tracks that were loud since then. */
    heardFrom: (sinceMs) => ears.filter(({ loudMs }) => loudMs.some((ms) => ms > sinceMs)).map(({ id }) => id),
    clickedMs: null,
    interactiveMs: null,
    dialogMs: null,
  };
  // React listens to the whole page before it draws anything: a button that is there works.
  new MutationObserver(() => {
    if (document.querySelector("button")) window.test.interactiveMs ??= performance.now();
    const dialog = document.querySelector("dialog");
    window.test.dialogMs = dialog ? (window.test.dialogMs ?? nowMs()) : null;
  }).observe(document, { childList: true, subtree: true });
  addEventListener("click", () => (window.test.clickedMs = nowMs()), true);
})();
