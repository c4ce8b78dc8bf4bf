/** One server-sent event. */
export interface ServerEvent {
  /** Name of the event; `message` where the server gives none. */
  event: string;
  data: string;
}

/** Characters of one event: what is longer is no event any more. */
const LONGEST = 4 * 1024 * 1024;

/**
 * The events of a `text/event-stream`, in whatever pieces it comes; comments and half an event at its end are dropped.
 * Throws a RangeError at an event above 4 MiB.
 */
export async function* readServerEvents(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let size = 0;
  let event = '';
  let data: string[] = [];
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    rest += text;
    size += text.length;
    if (size > LONGEST) throw new RangeError(`An event is above ${LONGEST} characters.`);
    // A long line is not looked through again for each of its pieces.
    if (!/[\r\n]/.test(text)) continue;
    // A line may end in CR LF: a CR at the end waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
        event = '';
        data = [];
        size = rest.length;
        continue;
      }
      const [, name, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (name === 'event') event = value;
      else if (name === 'data') data.push(value);
    }
  }
}
