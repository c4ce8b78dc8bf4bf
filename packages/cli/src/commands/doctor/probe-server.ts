/** What a ComfyUI server said of itself. */
export interface ServerProbe {
  url: string;
  /** `ComfyUI 0.33.0`, or why there is no answer. */
  answer: string;
  reachable: boolean;
}

const PROBE_MS = 3000;

/** Asks a server for `GET /system_stats`; never throws except for the caller's own abort. */
export async function probeServer(address: string, signal: AbortSignal): Promise<ServerProbe> {
  const base = URL.parse(address);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    return { url: '(not shown)', answer: 'not an http(s) address', reachable: false };
  }
  // User names, keys and queries stay out of what is printed.
  const url = `${base.origin}${base.pathname}`.replace(/\/$/, '');
  try {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]);
    const response = await fetch(`${url}/system_stats`, { signal: timeout, redirect: 'error' });
    if (!response.ok) return { url, answer: `answers HTTP ${response.status}`, reachable: false };
    return { url, answer: describe(await response.json()), reachable: true };
  } catch (error) {
    signal.throwIfAborted();
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return {
      url,
      answer: timedOut ? `no answer in ${PROBE_MS / 1000} s` : 'cannot be reached',
      reachable: false,
    };
  }
}

function describe(stats: unknown): string {
  const system = (stats as { system?: { comfyui_version?: unknown } } | null)?.system;
  const version = system?.comfyui_version;
  return typeof version === 'string' ? `ComfyUI ${version}` : 'answers, version not said';
}
