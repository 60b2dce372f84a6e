/** What stands for a person in a picture of one letter: what a reader takes for the first one, with its marks. */
export function initial(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim());
  if (first === undefined) return "?";
  const upper = first.segment.toUpperCase();
  // Some letters have capitals of two letters.
  return upper.length === first.segment.length ? upper : first.segment;
}
