import type { ServerEvent } from './read-message.ts';
import type { JobEnd } from './server-api.ts';

/** Nodes of one job whose files are kept; a job with more is looked up. */
const MOST_NODES = 256;

/** The socket that an event came by. */
interface EventSource {
  /** Its number: two equal ones mean the same socket. */
  serial: number;
  /** Whether its server tells of each cached node that shows files. */
  tellsCached: boolean;
}

/** What the socket has told of one job, held against what it must have told. */
export interface JobAccount {
  /**
   * Takes the job's next event. With its success: how it ended, as the history would tell. `undefined` before that, and
   * where something may be missing: then the history has to be read.
   */
  hear(event: ServerEvent, source: EventSource): JobEnd | undefined;
}

/**
 * The account of a job with these output nodes. It is whole where one socket told of the start, of what is cached, of
 * every output node as it ran, and of the success, in this order.
 */
export function createJobAccount(outputNodes: readonly string[]): JobAccount {
  let next: 'start' | 'cached' | 'success' | 'nothing' = 'start';
  let since: number | undefined;
  let startedAt: unknown;
  let cached: string[] = [];
  const shown = new Map<string, unknown>();

  /** Whether the event may come now. */
  const take = (event: ServerEvent, { serial }: EventSource): boolean => {
    if (since !== undefined && serial !== since) return false;
    switch (event.type) {
      case 'start':
        // A second one is that of another run under the same id.
        if (next !== 'start') return false;
        [next, since, startedAt] = ['cached', serial, event.timestamp];
        return true;
      case 'cached':
        if (next !== 'cached') return false;
        [next, cached] = ['success', event.nodes];
        return true;
      case 'executed':
        if (next !== 'success' || shown.size >= MOST_NODES) return false;
        if (event.output) shown.set(event.node, event.output);
        return true;
      case 'success':
        return next === 'success';
      case 'trouble':
        return false;
      default:
        return true;
    }
  };
  const endOf = (event: ServerEvent): JobEnd => {
    const timestamp = event.type === 'success' ? event.timestamp : undefined;
    const messages = [
      ['execution_start', { timestamp: startedAt }],
      ['execution_cached', { nodes: cached }],
      ['execution_success', { timestamp }],
    ];
    const status = { status_str: 'success', completed: true, messages };
    return { outputs: Object.fromEntries(shown), status };
  };
  const isWhole = ({ tellsCached }: EventSource) =>
    outputNodes.length > 0 &&
    outputNodes.every((id) => shown.has(id) && !cached.includes(id)) &&
    (cached.length === 0 || tellsCached);

  return {
    hear(event, source) {
      if (next === 'nothing') return undefined;
      const fits = take(event, source);
      if (fits && event.type !== 'success') return undefined;
      next = 'nothing';
      const end = fits && isWhole(source) ? endOf(event) : undefined;
      shown.clear();
      return end;
    },
  };
}
