import { ComfygenError, checkFlow, type Flow } from 'comfygen';
import { readInventory } from '../../parts/inventory.ts';
import { loadExecutor } from '../../parts/named-parts.ts';
import { probeServer, type ServerProbe } from './probe-server.ts';
import { type ReportedFlow, reportFlow } from './report-flow.ts';

/** What a server said of itself, and which flows it can run. */
export interface CheckedServer extends ServerProbe {
  /** Empty where the server does not list what it has. */
  flows: ReportedFlow[];
}

/** Probes a server and holds the flows against what it has; never throws except for the caller's own abort. */
export async function checkServer(
  url: string,
  flows: readonly Flow[],
  signal: AbortSignal,
): Promise<CheckedServer> {
  const probe = await probeServer(url, signal);
  if (!probe.reachable) return { ...probe, flows: [] };
  const executor = await loadExecutor({ executor: 'comfyui', executorOptions: { url } });
  try {
    const inventory = await readInventory(executor, signal);
    const checked = flows.map((flow) =>
      reportFlow({ flow, check: checkFlow(flow, { inventory }) }),
    );
    return { ...probe, flows: checked };
  } catch (error) {
    signal.throwIfAborted();
    const why = ComfygenError.is(error) ? error.message : String(error);
    return {
      ...probe,
      answer: `${probe.answer}, but does not list what it has: ${why}`,
      flows: [],
    };
  } finally {
    await executor.dispose?.();
  }
}
