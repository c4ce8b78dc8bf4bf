const LONGEST = 4_000;

/** What a thrown value says, whatever it is: never throws, and cuts what is longer than a person reads. */
export function messageOf(error: unknown): string {
  try {
    const { message } = Object(error) as { message?: unknown };
    const text = typeof message === 'string' ? message : String(error);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch {
    return 'something that cannot be read was thrown';
  }
}
