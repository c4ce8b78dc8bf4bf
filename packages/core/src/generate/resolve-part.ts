import { ComfygenError } from '../errors/comfygen-error.ts';
import type { ExecutorV1, PartRole, ScorerV1, SelectorV1 } from '../spec/index.ts';

const SUPPORTED = ['v1'];

/** What a part of each role must have besides `spec`, `role` and `name`. */
const REQUIRED: Record<PartRole, { methods: string[]; fields: string[] }> = {
  selector: { methods: ['select'], fields: ['supports'] },
  executor: { methods: ['submit', 'inspect', 'download'], fields: ['supports'] },
  scorer: { methods: ['score'], fields: ['supports', 'range', 'version'] },
};

/** The part itself, once it is seen to follow a contract that this version of core knows. */
export function resolvePart<T extends SelectorV1 | ExecutorV1 | ScorerV1>(
  part: T,
  role: T['role'],
): T {
  const given = part as unknown as Record<string, unknown> | null | undefined;
  if (typeof given !== 'object' || given === null) {
    throw new ComfygenError(
      'INVALID_PART',
      `The ${role} must be a part object; got ${given === null ? 'null' : typeof given}.`,
    );
  }
  const name =
    typeof given['name'] === 'string' && given['name'] !== '' ? given['name'] : undefined;
  if (given['role'] !== role || name === undefined) {
    throw new ComfygenError(
      'INVALID_PART',
      `The ${role} must be a part with role "${role}" and a name; got role ${JSON.stringify(given['role'])}, name ${JSON.stringify(given['name'])}.`,
    );
  }
  if (!SUPPORTED.includes(String(given['spec']))) {
    throw new ComfygenError(
      'UNSUPPORTED_SPEC',
      `${role} ${name} follows spec ${JSON.stringify(given['spec'])}; this comfygen knows ${SUPPORTED.join(', ')}.`,
      {
        part: { role, name },
        details: { got: given['spec'], supported: SUPPORTED },
      },
    );
  }
  const { methods, fields } = REQUIRED[role];
  const missing = [
    ...methods
      .filter((method) => typeof given[method] !== 'function')
      .map((method) => `${method}()`),
    ...fields.filter((field) => given[field] === undefined),
  ];
  if (missing.length === 0) return part;
  throw new ComfygenError('INVALID_PART', `${role} ${name} lacks ${missing.join(', ')}.`, {
    part: { role, name },
    details: { missing },
  });
}
