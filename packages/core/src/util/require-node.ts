import { ComfygenError } from '../errors/comfygen-error.ts';

/** As `engines` of package.json says; a test keeps the two equal. */
export const NEEDED_NODE = '22.14';

/** What `process.versions` holds of a runtime. */
type Versions = { readonly [name: string]: string | undefined };

/** Refuses a Node that lacks what comfygen calls; other runtimes only say that they are like some Node. */
export function requireNode(
  versions: Versions = (globalThis as { process?: { versions?: Versions } }).process?.versions ??
    {},
): void {
  const { node, bun, deno } = versions;
  const [major = 0, minor = 0] = (node ?? '').split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = NEEDED_NODE.split('.').map(Number);
  const isOld = major < neededMajor || (major === neededMajor && minor < neededMinor);
  if (!node || bun || deno || !isOld) return;
  const message = `comfygen needs Node ${NEEDED_NODE} or newer; this is Node ${node}.`;
  throw new ComfygenError('UNSUPPORTED', message, { details: { needed: NEEDED_NODE, node } });
}
