import { describe, expect, it } from 'vitest';
import { problemsOf, progressOf } from '../../src/replicate/read-logs.ts';

const LOGS = `Checking inputs
====================================
Checking weights
✅ sd_xl_base_1.0.safetensors loaded in 1.52s, size: 6617.75MB
====================================
Running workflow
[ComfyUI] got prompt
Executing node 4, title: Load Checkpoint, class type: CheckpointLoaderSimple
[ComfyUI] model weight dtype torch.float16, manual cast: None
Executing node 3, title: a title, class type: of: mine, class type: KSampler
[ComfyUI]
[ComfyUI] 0%|          | 0/20 [00:00<?, ?it/s]
[ComfyUI] 25%|██▌       | 5/20 [00:01<00:03,  4.88it/s]\r[ComfyUI] 50%|█████     | 10/20 [00:02<00:02,  4.90it/s]
`;

describe('42: the log of the model', () => {
  it('tells node, class and step', () => {
    expect(progressOf(LOGS, 4)).toEqual({
      fraction: 0.375,
      node: '3',
      classType: 'KSampler',
      step: 10,
      steps: 20,
    });
  });

  it('never lets progress fall as it grows', () => {
    const more = `${LOGS}[ComfyUI] 10%|█         | 1/10 [00:00<00:01,  9.1it/s]
Executing node 8, title: VAE Decode, class type: VAEDecode
Executing node 9, title: Save Image, class type: SaveImage
outputs:  {'9': {'images': []}}
`;
    let reached = 0;
    for (let length = 0; length <= more.length; length += 1) {
      const { fraction = 0 } = progressOf(more.slice(0, length), 4) ?? {};
      expect(fraction).toBeGreaterThanOrEqual(reached);
      reached = fraction;
    }
    expect(reached).toBe(0.75);
  });

  it('says nothing before the first node, and stays below 1 for more nodes than were sent', () => {
    expect(progressOf('Checking weights\n', 4)).toBeUndefined();
    expect(progressOf(LOGS, 0)!.fraction).toBeLessThanOrEqual(1);
  });

  it('names what ComfyUI refused', () => {
    const refused = `[ComfyUI] Failed to validate prompt for output 9:
[ComfyUI] * CheckpointLoaderSimple 4:
[ComfyUI] - Value not in list: ckpt_name: 'x.safetensors' not in (list of length 151)
[ComfyUI] * KSampler 57:3:
[ComfyUI] - Required input is missing: positive
[ComfyUI] Output will be ignored
[ComfyUI] invalid prompt: {'type': 'prompt_outputs_failed_validation', 'message': 'Prompt outputs failed validation', 'details': '', 'extra_info': {}}`;
    expect(
      problemsOf(refused).map(({ nodeId, message, details }) => [nodeId, message, details]),
    ).toEqual([
      ['4', 'Value not in list', "ckpt_name: 'x.safetensors' not in (list of length 151)"],
      ['57:3', 'Required input is missing', 'positive'],
    ]);
  });
});
