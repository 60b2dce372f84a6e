/** A value that React can watch (`useSyncExternalStore`). */
export class Watched<T> {
  readonly #listeners = new Set<() => void>();

  constructor(private value: T) {}

  readonly get = (): T => this.value;

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  };

  set(value: T): void {
    this.value = value;
    for (const listener of this.#listeners) listener();
  }
}
