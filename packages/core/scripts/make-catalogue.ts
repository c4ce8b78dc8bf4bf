/**
 * Writes src/workflow/core-nodes.data.json from a server's `GET /object_info`:
 * `node packages/core/scripts/make-catalogue.ts object_info.json`
 * Keeps facts only (names, types, ranges, defaults, options); lists of the server's own files are emptied.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { modelFolder } from '../src/workflow/model-folders.ts';

const CLASSES = `
CheckpointLoaderSimple CheckpointLoader unCLIPCheckpointLoader ImageOnlyCheckpointLoader UNETLoader
CLIPLoader DualCLIPLoader TripleCLIPLoader QuadrupleCLIPLoader VAELoader LoraLoader LoraLoaderModelOnly
ControlNetLoader DiffControlNetLoader UpscaleModelLoader CLIPVisionLoader ModelPatchLoader StyleModelLoader
CLIPTextEncode CLIPSetLastLayer CLIPTextEncodeSDXL CLIPTextEncodeSDXLRefiner CLIPTextEncodeSD3
CLIPTextEncodeFlux CLIPTextEncodePixArtAlpha CLIPTextEncodeLumina2 CLIPTextEncodeHunyuanDiT
CLIPTextEncodeHiDream TextEncodeQwenImageEdit TextEncodeQwenImageEditPlus TextEncodeZImageOmni
FluxGuidance ConditioningCombine ConditioningConcat ConditioningAverage ConditioningSetArea
ConditioningSetAreaPercentage ConditioningSetAreaStrength ConditioningSetMask ConditioningZeroOut
ConditioningSetTimestepRange ControlNetApply ControlNetApplyAdvanced SetUnionControlNetType
QwenImageDiffsynthControlnet ReferenceLatent StableCascade_StageB_Conditioning
StableCascade_StageC_VAEEncode CLIPVisionEncode StyleModelApply
EmptyLatentImage EmptySD3LatentImage EmptyFlux2LatentImage StableCascade_EmptyLatentImage
EmptyHunyuanImageLatent EmptyQwenImageLayeredLatentImage EmptyChromaRadianceLatentImage
LatentUpscale LatentUpscaleBy RepeatLatentBatch LatentFromBatch SetLatentNoiseMask LatentComposite
LatentBlend LatentRotate LatentFlip LatentCrop LatentAdd LatentSubtract LatentMultiply LatentInterpolate
LatentBatch LatentCompositeMasked RebatchLatents
KSampler KSamplerAdvanced SamplerCustom SamplerCustomAdvanced KSamplerSelect
BasicScheduler KarrasScheduler ExponentialScheduler PolyexponentialScheduler SDTurboScheduler
BetaSamplingScheduler VPScheduler AlignYourStepsScheduler GITSScheduler LaplaceScheduler Flux2Scheduler
SplitSigmas SplitSigmasDenoise FlipSigmas RandomNoise DisableNoise BasicGuider CFGGuider DualCFGGuider
PerpNegGuider ModelSamplingSD3 ModelSamplingAuraFlow ModelSamplingStableCascade ModelSamplingFlux
ModelSamplingDiscrete RescaleCFG CFGZeroStar CFGNorm FreeU FreeU_V2 PerturbedAttentionGuidance
SelfAttentionGuidance HyperTile PatchModelAddDownscale SkipLayerGuidanceSD3 TomePatchModel
DifferentialDiffusion ModelMergeSimple CLIPMergeSimple
VAEDecode VAEEncode VAEDecodeTiled VAEEncodeTiled VAEEncodeForInpaint
ImageScale ImageScaleBy ImageScaleToTotalPixels ImageUpscaleWithModel ImageBlend ImageSharpen ImageBlur
ImageInvert ImageBatch ImageCrop ImagePadForOutpaint ImageCompositeMasked EmptyImage LoadImage LoadImageMask
SolidMask InvertMask MaskComposite FeatherMask GrowMask MaskToImage ImageToMask CropMask
SaveImage PreviewImage SaveImageWebsocket
PrimitiveString PrimitiveStringMultiline PrimitiveInt PrimitiveFloat PrimitiveBoolean
StringConcatenate StringTrim StringReplace CaseConverter
`
  .trim()
  .split(/\s+/);

const OPTION_KEYS = new Set([
  'default',
  'min',
  'max',
  'step',
  'round',
  'options',
  'multiline',
  'dynamicPrompts',
  'forceInput',
  'control_after_generate',
  'image_upload',
  'multiselect',
  'template',
  'lazy',
  'remote',
]);
const NODE_KEYS = [
  'input_order',
  'output',
  'output_is_list',
  'output_name',
  'output_node',
  'python_module',
  'deprecated',
  'experimental',
  'api_node',
];

type Section = Record<string, unknown>;

function compactInput(classType: string, name: string, spec: unknown): unknown {
  if (!Array.isArray(spec)) return spec;
  const [type, options] = spec as [unknown, Section | undefined];
  const emptied = modelFolder(classType, name) !== undefined || options?.['image_upload'] === true;
  const kept = Object.fromEntries(
    Object.entries(options ?? {})
      .filter(([key]) => OPTION_KEYS.has(key))
      .map(([key, value]) => [key, key === 'options' && emptied ? [] : value]),
  );
  const kind =
    Array.isArray(type) && emptied ? type.filter((item) => item === 'pixel_space') : type;
  return Object.keys(kept).length > 0 ? [kind, kept] : [kind];
}

function compactNode(classType: string, info: Section): Section {
  const sections = Object.entries(info['input'] as Record<string, Section>)
    .filter(([section]) => section !== 'hidden')
    .map(([section, inputs]) => [
      section,
      Object.fromEntries(
        Object.entries(inputs).map(([name, spec]) => [name, compactInput(classType, name, spec)]),
      ),
    ]);
  const facts = NODE_KEYS.filter(
    (key) => info[key] !== undefined && info[key] !== null && info[key] !== false,
  ).map((key) => [key, info[key]]);
  return { input: Object.fromEntries(sections), ...Object.fromEntries(facts) };
}

const source = process.argv[2];
if (source === undefined) throw new Error('Give the path of an object_info JSON file.');
const all = JSON.parse(await readFile(source, 'utf8')) as Record<string, Section>;
const missing = CLASSES.filter((name) => all[name] === undefined);
if (missing.length > 0) console.warn(`Not in ${source}: ${missing.join(' ')}`);
const nodes = CLASSES.filter((name) => all[name] !== undefined).map((name) => [
  name,
  compactNode(name, all[name]!),
]);
// JSON.parse rounded the largest seed; written out it reads as in the source.
const exact = (json: string) => json.replaceAll('18446744073709552000', '18446744073709551615');
const lines = nodes.map(
  ([name, info]) => `${JSON.stringify(name)}: ${exact(JSON.stringify(info))}`,
);
await writeFile(
  new URL('../src/workflow/core-nodes.data.json', import.meta.url),
  `{\n${lines.join(',\n')}\n}\n`,
);
console.log(`${nodes.length} node classes`);
