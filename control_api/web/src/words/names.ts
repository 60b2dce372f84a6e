/** What stands for a person in a picture of one letter. */
export function initial(name: string): string {
  return ([...name][0] ?? "?").toUpperCase();
}
