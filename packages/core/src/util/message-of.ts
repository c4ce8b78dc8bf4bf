const LONGEST = 4_000;

/** What a thrown value says, whatever it is: never throws, and cuts what is longer than a person reads. */
export function messageOf(error: unknown): string {
  try {
    const { message } = Object(error) as { message?: unknown };
    // The text of a list is that of all its items, however many it says that it has.
    const other = () => (Array.isArray(error) ? 'a list' : String(error));
    const text = typeof message === 'string' ? message : other();
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch {
    return 'something that cannot be read was thrown';
  }
}
