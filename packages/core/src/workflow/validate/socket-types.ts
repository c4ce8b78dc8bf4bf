import type { NodeCatalogue } from '../../spec/index.ts';
import { own } from './json-shape.ts';

/** Types that a person types in or picks; a literal of these is normal. */
const WIDGETS = new Set([
  'INT',
  'FLOAT',
  'STRING',
  'BOOLEAN',
  'COMBO',
  '*',
  'COMFY_MATCHTYPE_V3',
  '',
]);

const SOCKETS = new Set(
  `MODEL CLIP VAE CONDITIONING LATENT IMAGE MASK SIGMAS SAMPLER GUIDER NOISE CONTROL_NET UPSCALE_MODEL
  CLIP_VISION CLIP_VISION_OUTPUT STYLE_MODEL GLIGEN HOOKS MODEL_PATCH AUDIO VIDEO`.split(/\s+/),
);

/**
 * Tells types that only another node can give from those that a literal can. A type is a socket when it is
 * one of core's, or when some class outputs it and none declares a default value for it.
 */
export function createSocketTest(catalogue: NodeCatalogue): (type: unknown) => boolean {
  const given = new Set<string>();
  const typed = new Set<string>();
  for (const info of Object.values(catalogue)) {
    const output = own(info, 'output');
    for (const type of Array.isArray(output) ? output : []) given.add(String(type));
    for (const section of ['required', 'optional']) {
      const specs = own(own(info, 'input'), section) ?? {};
      for (const spec of Object.values(specs)) {
        if (Array.isArray(spec) && own(spec[1], 'default') !== undefined)
          typed.add(String(spec[0]));
      }
    }
  }
  const isSocket = (name: string) =>
    SOCKETS.has(name) || (given.has(name) && !typed.has(name) && !WIDGETS.has(name));
  return (type) =>
    typeof type === 'string' && type.split(',').every((name) => isSocket(name.trim()));
}
