import { describe, expect, it } from 'vitest';
import { planOf, textToImage } from '../comfyui/graphs.ts';
import type { ServiceUnderTest } from './service.ts';

/** Case 37: by what a graph lacks. */
export function failureCases({ open }: ServiceUnderTest): void {
  describe('failures', () => {
    it('37: a node class that is not there', async () => {
      const { play } = await open();
      const graph = textToImage();
      graph['decode']!.class_type = 'NoSuchNode';
      const { snapshot } = await play(planOf(graph));
      expect(snapshot).toMatchObject({
        state: 'failed',
        failure: { code: 'MISSING_NODE', nodeId: 'decode', classType: 'NoSuchNode' },
      });
    });

    it('37: a value that is not there', async () => {
      const { play } = await open();
      const graph = textToImage();
      delete graph['decode']!.inputs['samples'];
      const { snapshot } = await play(planOf(graph));
      expect(snapshot.failure).toMatchObject({ code: 'MISSING_INPUT', nodeId: 'decode' });
      expect(snapshot.failure!.message).toContain('samples');
    });

    it('37: a value out of the list', async () => {
      const { play } = await open();
      const graph = textToImage();
      graph['sampler']!.inputs['sampler_name'] = 'no_such_sampler';
      const { snapshot } = await play(planOf(graph));
      expect(snapshot.failure).toMatchObject({ code: 'INVALID_WORKFLOW', nodeId: 'sampler' });
    });

    it('37: a node that fails', async () => {
      const { play } = await open(() => ({ fails: { node: 'KSampler', message: 'bad latent' } }));
      const { snapshot } = await play();
      expect(snapshot.failure).toEqual({
        code: 'EXECUTION_FAILED',
        message: 'RuntimeError: bad latent in node sampler (KSampler)',
        retryable: false,
        nodeId: 'sampler',
        classType: 'KSampler',
      });
    });

    it('38: a fault of the host may be tried again', async () => {
      const { play } = await open(() => ({
        fails: { node: 'KSampler', type: 'OutOfMemoryError', message: 'CUDA out of memory.' },
      }));
      const { snapshot } = await play();
      expect(snapshot.failure).toMatchObject({ code: 'HOST_FAULT', retryable: true });
    });
  });
}
