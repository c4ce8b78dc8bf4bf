/** One server-sent event. */
export interface ServerEvent {
  /** Name of the event; `message` where the server gives none. */
  event: string;
  data: string;
}

/**
 * The events of a `text/event-stream`, in whatever pieces it comes; comments and half an event at its end are dropped.
 */
export async function* readServerEvents(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let data: string[] = [];
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    // A line may end in CR LF: a CR at the end waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
        event = '';
        data = [];
        continue;
      }
      const [, name, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (name === 'event') event = value;
      else if (name === 'data') data.push(value);
    }
  }
}
