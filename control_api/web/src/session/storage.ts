/** What the browser keeps for us. One that refuses (blocked site data, a full store) keeps it as long as the page lives. */
export interface Kept {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** `storage` is asked anew each time: naming it is what throws where site data are blocked. */
export function keptIn(storage: () => Storage): Kept {
  // Null: removed here, whatever the browser may still have.
  const refused = new Map<string, string | null>();
  const change = (key: string, value: string | null, there: () => void) => {
    try {
      there();
      refused.delete(key);
    } catch {
      refused.set(key, value);
    }
  };
  return {
    get(key) {
      const here = refused.get(key);
      if (here !== undefined) return here;
      try {
        return storage().getItem(key);
      } catch {
        return null;
      }
    },
    set: (key, value) => change(key, value, () => storage().setItem(key, value)),
    remove: (key) => change(key, null, () => storage().removeItem(key)),
  };
}

export const inTab = keptIn(() => sessionStorage);
export const inBrowser = keptIn(() => localStorage);
