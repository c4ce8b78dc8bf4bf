// What must work in every runtime, on the built files and a ComfyUI server. Runs in Node, Bun, Deno and browsers, so it
// uses nothing that only one of them has. Gives what it did; throws where something is wrong.
import { comfyui } from '@comfygen/executors/comfyui';
import { pool } from '@comfygen/executors/pool';
import { rules } from '@comfygen/selectors/rules';
import { createComfyGen, defineFlow } from 'comfygen';
import { checkPolicy, parseWorkflow } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';

/** A graph as ComfyUI exports it. */
export const GRAPH = {
  1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'model.safetensors' } },
  2: { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['1', 1] } },
  3: { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['1', 1] } },
  4: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
  5: {
    class_type: 'KSampler',
    inputs: {
      ...{ seed: 1, steps: 4, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
      ...{ model: ['1', 0], positive: ['2', 0], negative: ['3', 0], latent_image: ['4', 0] },
    },
  },
  6: { class_type: 'VAEDecode', inputs: { samples: ['5', 0], vae: ['1', 2] } },
  7: { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: 'comfygen' } },
};

function check(condition, what) {
  if (!condition) throw new Error(`Not so: ${what}`);
}

/** Whether a promise rejects with exactly this. */
async function rejectsWith(promise, reason) {
  return promise.then(
    () => false,
    (error) => error === reason,
  );
}

/**
 * `url`: a server that makes pictures; `slowUrl`: one whose jobs never end by themselves. `flow` and `jobs`: where the
 * runtime has a disk.
 */
export async function trial({ url, slowUrl, flow, jobs }) {
  const workflow = parseWorkflow(JSON.stringify(GRAPH));
  check(checkPolicy(workflow).length === 0, 'the graph keeps to the policy');
  check(coreCatalogue.KSampler !== undefined, 'the catalogue loads');
  const flows = [flow ?? defineFlow({ id: 'flow', workflow })];
  const selector = rules();

  const one = createComfyGen({ flows, selector, executor: comfyui({ url }), jobs });
  // A seed that a number can't hold must reach the server as it is.
  const { best, warnings } = await one.generate('a red fox', { seed: 2n ** 64n - 1n });
  check(best.mediaType === 'image/png' && best.bytes[1] === 0x50, 'the picture is a PNG');
  check(best.seed === '18446744073709551615', 'the seed is exact');
  check(!warnings.some(({ code }) => code === 'no-socket'), 'the socket was open');
  await one.dispose();

  const slow = createComfyGen({ flows, selector, executor: comfyui({ url: slowUrl }) });
  const stop = new AbortController();
  const reason = new Error('enough');
  // Progress comes over the socket alone; without one this would go on for ever.
  slow.events.on('execute-progress', () => stop.abort(reason));
  const aborted = slow.generate('a red fox', { signal: stop.signal });
  check(await rejectsWith(aborted, reason), 'the caller’s reason comes back');
  await slow.dispose();

  const members = [{ executor: comfyui({ url }), name: 'gpu' }];
  const many = createComfyGen({ flows, selector, executor: pool({ executors: members }) });
  check((await many.generate('a red fox')).executor === 'pool', 'a pool makes a picture');
  await many.dispose();
  return { bytes: best.bytes.length };
}
