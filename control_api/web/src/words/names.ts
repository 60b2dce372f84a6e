/** What stands for a person in a picture of one letter: what a reader takes for the first one, with its marks. */
export function initial(name: string): string {
  const first = firstOf(name.trim());
  if (first === undefined) return "?";
  const upper = first.toUpperCase();
  // Some letters have capitals of two letters.
  return upper.length === first.length ? upper : first;
}

function firstOf(name: string): string | undefined {
  // Browsers before 2024 may have no segmenter: a letter with its marks is near enough.
  if (typeof Intl.Segmenter !== "function") return /^.\p{M}*/su.exec(name)?.[0];
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name);
  return first?.segment;
}
