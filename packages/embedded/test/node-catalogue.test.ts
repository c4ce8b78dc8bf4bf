import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { describe, expect, it } from 'vitest';
import { coreNodes } from '../src/nodes/index.ts';
import { createNodeRegistry, describeRegistry } from '../src/runtime/node-registry.ts';
import { SAMPLER_NAMES } from '../src/sampling/samplers.ts';

const CLASSES = `
  CheckpointLoaderSimple VAELoader LoraLoader LoraLoaderModelOnly UpscaleModelLoader
  CLIPTextEncode CLIPSetLastLayer ConditioningCombine ConditioningConcat ConditioningAverage
  ConditioningSetArea ConditioningSetAreaPercentage ConditioningZeroOut
  EmptyLatentImage LatentUpscale LatentUpscaleBy RepeatLatentBatch LatentComposite
  KSampler KSamplerAdvanced SamplerCustomAdvanced RandomNoise BasicGuider CFGGuider KSamplerSelect
  BasicScheduler KarrasScheduler VAEDecode VAEEncode
  EmptyImage ImageScale ImageScaleBy ImageScaleToTotalPixels ImageBlend ImageInvert ImageSharpen ImageBatch
  ImageUpscaleWithModel LoadImage SaveImage PreviewImage
  LoadImageMask LoadImageOutput MaskPreview SolidMask InvertMask ThresholdMask GrowMask FeatherMask CropMask
  MaskComposite MaskToImage ImageToMask ImageColorToMask ImageCompositeMasked LatentCompositeMasked
  SetLatentNoiseMask VAEEncodeForInpaint InpaintModelConditioning ImagePadForOutpaint
`.match(/\w+/g) as string[];

type Spec = [type: unknown, options?: Record<string, unknown>];
type Specs = Record<string, Spec>;

const ours = describeRegistry(createNodeRegistry(coreNodes), () => []);

it('has the classes that it promises, and no other', () => {
  expect(Object.keys(ours).sort()).toEqual([...CLASSES].sort());
});

// A graph that ComfyUI takes must not be refused here for the names, types or ranges of its inputs.
describe.each(CLASSES)('%s, as ComfyUI 0.33.0 describes it', (classType) => {
  const [theirs, own] = [coreCatalogue[classType], ours[classType]];

  it.each(['required', 'optional'] as const)('has the same %s inputs', (group) => {
    const [want, given] = [theirs?.input?.[group], own?.input?.[group]];
    const specs = Object.entries((want ?? {}) as Specs);
    expect(Object.keys(given ?? {})).toEqual(specs.map(([name]) => name));
    for (const [name, spec] of specs) {
      const mine = (given as Specs)[name] as Spec;
      expect(limitsOf(mine), name).toEqual(limitsOf(spec));
      expect(typeOf(mine), name).toEqual(typeOf(spec));
    }
  });

  it('has the same outputs', () => {
    expect(own?.output).toEqual(theirs?.output);
    expect(own?.output_name).toEqual(theirs?.output_name);
    expect(own?.output_node ?? false).toBe(theirs?.output_node ?? false);
  });
});

function limitsOf([, options = {}]: Spec): unknown[] {
  return ['default', 'min', 'max', 'step', 'multiline', 'image_upload'].map((key) => options[key]);
}

// Choices are lists in one spelling, an option in the other, or asked for later. Of the samplers some run here.
function typeOf([type, options]: Spec): unknown {
  const choices = Array.isArray(type)
    ? type
    : (options?.['options'] ?? (options?.['remote'] && []));
  if (!Array.isArray(choices)) return type;
  if (choices.includes('euler'))
    return choices.filter((name) => SAMPLER_NAMES.includes(name)).sort();
  return choices.filter((name) => name !== 'pixel_space');
}
