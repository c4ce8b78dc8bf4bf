import type { Colors } from '../terminal/io.ts';
import { wrap } from './text.ts';

const EMOJI_WORLD =
  'drawn by the embedded executor: a small “emoji world” model inside Node, not Stable Diffusion. ' +
  'For real pictures, name your ComfyUI server: --url http://127.0.0.1:8188';

/** What a newcomer must not miss about an executor; nothing for those that need no word. */
export function executorNotice(name: string, colors: Colors, columns: number): string {
  if (name !== 'embedded') return '';
  return wrap(`note: ${EMOJI_WORLD}`, columns - 2)
    .map((line, index) => `${index === 0 ? '' : '  '}${colors.dim(line)}\n`)
    .join('');
}
