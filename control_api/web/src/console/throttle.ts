/** Does it a while after it was asked for, for all that asked in between: a burst of events is one request. */
export function often(everyMs: number, action: () => void): () => void {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      action();
    }, everyMs);
  };
}
