import { defineFlow } from 'comfygen';
import type { Flow } from 'comfygen/plugin';
import { expandWorkflow } from '../notation/expand-workflow.ts';

/** What a test changes in the smallest text-to-image graph. */
interface Changes {
  checkpoint?: string | undefined;
  steps?: number | undefined;
  cfg?: number | undefined;
  sampler?: string | undefined;
  save?: string | undefined;
}

/** The smallest text-to-image graph, in the notation. */
export function graphText({
  checkpoint = 'base.safetensors',
  steps = 20,
  cfg = 7,
  sampler = 'euler',
  save = 'Save @8 comfygen',
}: Changes = {}): string {
  return `4 Ckpt ${checkpoint}
5 Latent $width:1024 $height:1024 $batch
6 Text @4.1 $prompt
7 Text @4.1 $negative:"blurry"
3 Sample @4 @6 @7 @5 $seed ${steps} ${cfg} ${sampler} karras 1
8 Decode @3 @4.2
9 ${save}`;
}

/** A flow of that graph. */
export function testFlow(id: string, changes: Changes = {}, fields: Partial<Flow> = {}): Flow {
  const { workflow } = expandWorkflow(graphText(changes));
  return { ...defineFlow({ id, workflow, baseModel: 'sdxl' }), ...fields };
}

/** Three flows: base, which suits any prompt, fast (4 steps), and anime, of another checkpoint. */
export const testFlows = (): Flow[] => [
  testFlow('base', {}, { tags: ['general'] }),
  testFlow('fast', { steps: 4, cfg: 1, sampler: 'lcm' }),
  testFlow('anime', { checkpoint: 'anime.safetensors' }),
];
