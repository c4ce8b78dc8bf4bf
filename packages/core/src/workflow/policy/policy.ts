import { z } from 'zod';
import type { Workflow } from '../../spec/index.ts';
import { readAs } from '../../util/read-as.ts';
import { hasNode, isLink, requireShape } from '../graph.ts';
import { estimatePixels } from './estimate-pixels.ts';

/** Limits on what a workflow may contain and how much it may ask of a server. */
export interface SafetyPolicy {
  /** The only node classes allowed. Default: core classes that load models, sample and save images. */
  classes: readonly string[];
  /** The only output classes allowed. Default `SaveImage`, `PreviewImage`. */
  outputClasses: readonly string[];
  /** Saved files must begin with this, followed by letters, digits, `-` or `_` only. Default `comfygen`. */
  filenamePrefix: string;
  /** Most nodes in the graph. Default 100. */
  maxNodes: number;
  /** Most sampling steps, over all samplers. Default 250. */
  maxSteps: number;
  /** Largest width × height × batch of any picture on the way, upscaling included. Default 2^26 (8192 × 8192). */
  maxPixels: number;
  /** Most images in a batch. Default 16. */
  maxBatch: number;
  /** Most characters in one text input. Default 100,000. */
  maxTextLength: number;
}

/** One way in which a workflow breaks a policy. */
export interface PolicyIssue {
  code:
    | 'class-not-allowed'
    | 'too-many-nodes'
    | 'too-many-steps'
    | 'too-many-pixels'
    | 'too-large-batch'
    | 'text-too-long'
    | 'filename-prefix'
    | 'no-output'
    | 'unchecked-value'
    | 'odd-literal';
  nodeId?: string | undefined;
  input?: string | undefined;
  /** One sentence for a person. */
  message: string;
}

/** Core classes that only load models, condition, sample, scale and save; none reads or names other files. */
export const DEFAULT_CLASSES: readonly string[] = `
CheckpointLoaderSimple UNETLoader CLIPLoader DualCLIPLoader TripleCLIPLoader QuadrupleCLIPLoader VAELoader
LoraLoader LoraLoaderModelOnly UpscaleModelLoader CLIPSetLastLayer
CLIPTextEncode CLIPTextEncodeSDXL CLIPTextEncodeSDXLRefiner CLIPTextEncodeSD3 CLIPTextEncodeFlux
CLIPTextEncodePixArtAlpha CLIPTextEncodeLumina2 CLIPTextEncodeHunyuanDiT CLIPTextEncodeHiDream
FluxGuidance ConditioningCombine ConditioningConcat ConditioningAverage ConditioningSetArea
ConditioningSetAreaPercentage ConditioningSetAreaStrength ConditioningSetMask ConditioningZeroOut
ConditioningSetTimestepRange ReferenceLatent StableCascade_StageB_Conditioning
EmptyLatentImage EmptySD3LatentImage EmptyFlux2LatentImage StableCascade_EmptyLatentImage
EmptyHunyuanImageLatent LatentUpscale LatentUpscaleBy RepeatLatentBatch LatentFromBatch LatentComposite
KSampler KSamplerAdvanced SamplerCustom SamplerCustomAdvanced KSamplerSelect
BasicScheduler KarrasScheduler ExponentialScheduler PolyexponentialScheduler SDTurboScheduler
BetaSamplingScheduler VPScheduler AlignYourStepsScheduler GITSScheduler LaplaceScheduler Flux2Scheduler
SplitSigmas SplitSigmasDenoise FlipSigmas RandomNoise DisableNoise BasicGuider CFGGuider DualCFGGuider
ModelSamplingSD3 ModelSamplingAuraFlow ModelSamplingStableCascade ModelSamplingFlux ModelSamplingDiscrete
RescaleCFG CFGZeroStar CFGNorm FreeU FreeU_V2 PerturbedAttentionGuidance SelfAttentionGuidance HyperTile
PatchModelAddDownscale SkipLayerGuidanceSD3 TomePatchModel DifferentialDiffusion
VAEDecode VAEEncode VAEDecodeTiled VAEEncodeTiled ImageScale ImageScaleBy ImageScaleToTotalPixels
ImageUpscaleWithModel ImageBlend ImageSharpen ImageBlur ImageInvert ImageBatch ImageCrop EmptyImage SolidMask
PrimitiveInt PrimitiveFloat PrimitiveString PrimitiveStringMultiline PrimitiveBoolean StringConcatenate
`
  .trim()
  .split(/\s+/);

/** The policy for workflows that a selector wrote: core's own text-to-image classes, modest sizes. */
export const defaultPolicy: SafetyPolicy = {
  classes: DEFAULT_CLASSES,
  outputClasses: ['SaveImage', 'PreviewImage'],
  filenamePrefix: 'comfygen',
  maxNodes: 100,
  maxSteps: 250,
  maxPixels: 2 ** 26,
  maxBatch: 16,
  maxTextLength: 100_000,
};

// No bound is a bound too: `Infinity` is allowed.
const bound = z
  .custom<number>((value) => typeof value === 'number' && value >= 0, {
    error: 'must be a number from 0 on',
  })
  .optional();

const policyFields = z.strictObject({
  classes: z.array(z.string()).optional(),
  outputClasses: z.array(z.string()).optional(),
  filenamePrefix: z.string().optional(),
  maxNodes: bound,
  maxSteps: bound,
  maxPixels: bound,
  maxBatch: bound,
  maxTextLength: bound,
} satisfies Record<keyof SafetyPolicy, z.ZodType>);

/**
 * The default policy with some of its fields replaced. To allow further classes, give the whole list.
 *
 * @throws INVALID_OPTIONS for a field that a policy has not, so that a typing error never loosens one
 */
export function createPolicy(overrides: Partial<SafetyPolicy> = {}): SafetyPolicy {
  readAs(policyFields, overrides, { what: 'createPolicy', code: 'INVALID_OPTIONS', noun: 'field' });
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { ...defaultPolicy, ...Object.fromEntries(given) };
}

/**
 * Each way in which a workflow breaks a policy; empty where it breaks none. Classes that aren't listed, community and
 * paid API nodes among them, are refused; a capped number that another node computes can't be checked and is refused
 * too. It does not replace `validateWorkflow`, which knows types.
 */
export function checkPolicy(
  workflow: Workflow,
  policy: SafetyPolicy = defaultPolicy,
): PolicyIssue[] {
  requireShape(workflow);
  const ids = Object.keys(workflow);
  const issues = ids.flatMap((id) => checkNode(workflow, id, policy));
  if (ids.length > policy.maxNodes) {
    issues.push({
      code: 'too-many-nodes',
      message: `${ids.length} nodes; ${policy.maxNodes} are allowed.`,
    });
  }
  if (!ids.some((id) => policy.outputClasses.includes(workflow[id]!.class_type))) {
    issues.push({
      code: 'no-output',
      message: `No output node (${policy.outputClasses.join(', ')}).`,
    });
  }
  return [...issues, ...checkSteps(workflow, policy), ...checkSizes(workflow, policy)];
}

function checkNode(workflow: Workflow, nodeId: string, policy: SafetyPolicy): PolicyIssue[] {
  const { class_type, inputs } = workflow[nodeId]!;
  const at = `Node ${nodeId} (${class_type})`;
  if (![...policy.classes, ...policy.outputClasses].includes(class_type)) {
    return [{ code: 'class-not-allowed', nodeId, message: `${at}: this class is not allowed.` }];
  }
  const issues: PolicyIssue[] = [];
  if (class_type === 'SaveImage' || Object.hasOwn(inputs, 'filename_prefix')) {
    const prefix = inputs['filename_prefix'];
    if (typeof prefix !== 'string' || !isOwnPrefix(prefix, policy.filenamePrefix)) {
      const message = `${at}: filename_prefix must be "${policy.filenamePrefix}" and letters, digits, - or _.`;
      issues.push({ code: 'filename-prefix', nodeId, input: 'filename_prefix', message });
    }
  }
  for (const [input, value] of Object.entries(inputs)) {
    if (typeof value === 'string' && value.length > policy.maxTextLength) {
      const message = `${at}.${input}: ${value.length} characters; ${policy.maxTextLength} are allowed.`;
      issues.push({ code: 'text-too-long', nodeId, input, message });
    }
    if (typeof value === 'object' && value !== null && !isLink(value)) {
      const message = `${at}.${input}: only texts, numbers, true and false, and links are allowed.`;
      issues.push({ code: 'odd-literal', nodeId, input, message });
    }
  }
  return issues;
}

function isOwnPrefix(prefix: string, wanted: string): boolean {
  return (
    prefix.startsWith(wanted) &&
    /^[A-Za-z0-9_-]*$/.test(prefix.slice(wanted.length)) &&
    prefix.length <= 200
  );
}

function checkSteps(workflow: Workflow, policy: SafetyPolicy): PolicyIssue[] {
  const issues: PolicyIssue[] = [];
  let total = 0;
  for (const nodeId of Object.keys(workflow)) {
    const { class_type, inputs } = workflow[nodeId]!;
    if (!Object.hasOwn(inputs, 'steps')) continue;
    const steps = literalNumber(workflow, nodeId, 'steps');
    if (steps === undefined) issues.push(unchecked(nodeId, class_type, 'steps'));
    else total += Math.max(0, steps);
  }
  if (total > policy.maxSteps) {
    issues.push({
      code: 'too-many-steps',
      message: `${total} sampling steps; ${policy.maxSteps} are allowed.`,
    });
  }
  return issues;
}

function checkSizes(workflow: Workflow, policy: SafetyPolicy): PolicyIssue[] {
  const { pixels, batch, unknown } = estimatePixels(workflow, (id, input) =>
    literalNumber(workflow, id, input),
  );
  const issues = unknown.map(({ node, input }) =>
    unchecked(node, workflow[node]!.class_type, input),
  );
  if (batch > policy.maxBatch) {
    issues.push({
      code: 'too-large-batch',
      message: `A batch of ${batch}; ${policy.maxBatch} are allowed.`,
    });
  }
  if (pixels > policy.maxPixels) {
    const message = `Up to ${Math.round(pixels)} pixels at once; ${policy.maxPixels} are allowed.`;
    issues.push({ code: 'too-many-pixels', message });
  }
  return issues;
}

const unchecked = (nodeId: string, classType: string, input: string): PolicyIssue => ({
  code: 'unchecked-value',
  nodeId,
  input,
  message: `Node ${nodeId} (${classType}).${input}: must be a number above 0 in the graph, so that it can be checked.`,
});

/** A number input's value, also where a `PrimitiveInt` or `PrimitiveFloat` holds it. */
function literalNumber(workflow: Workflow, nodeId: string, input: string): number | undefined {
  const value = workflow[nodeId]?.inputs[input];
  if (isLink(value)) {
    const [source] = value;
    const held =
      hasNode(workflow, source) && /^Primitive(Int|Float)$/.test(workflow[source]!.class_type);
    const literal = held ? workflow[source]!.inputs['value'] : undefined;
    return isLink(literal) ? undefined : asNumber(literal);
  }
  return asNumber(value);
}

/** Python reads "64" as 64, so a policy must as well. */
function asNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string')
    return undefined;
  const number = value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}
