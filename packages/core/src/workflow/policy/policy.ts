import type { Workflow } from '../../spec/index.ts';
import { readAs } from '../../util/read-as.ts';
import { hasNode, isLink, requireShape } from '../graph.ts';
import { countWork } from './count-work.ts';
import { policyFields, type SafetyPolicy } from './policy-fields.ts';

export type { SafetyPolicy };

/** One way in which a workflow breaks a policy. */
export interface PolicyIssue {
  code:
    | 'class-not-allowed'
    | 'too-many-nodes'
    | 'too-many-steps'
    | 'too-many-pixels'
    | 'too-large-batch'
    | 'too-many-conditions'
    | 'too-much-work'
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
  maxConditions: 64,
  maxWork: 2 ** 35,
  maxTextLength: 100_000,
};

/**
 * The default policy with some of its fields replaced. To allow further classes, give the whole list.
 *
 * @throws INVALID_OPTIONS for a field that a policy has not, so that a typing error never loosens one
 */
export function createPolicy(overrides: Partial<SafetyPolicy> = {}): SafetyPolicy {
  readAs(policyFields.partial(), overrides, {
    what: 'createPolicy',
    code: 'INVALID_OPTIONS',
    noun: 'field',
  });
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { ...defaultPolicy, ...Object.fromEntries(given) };
}

/**
 * Each way in which a workflow breaks a policy; empty where it breaks none. Classes that aren't listed, community and
 * paid API nodes among them, are refused; a capped number that another node computes can't be checked and is refused
 * too. What runs is counted along the graph, by upper bounds: texts and conditions that nodes put together, batches,
 * lists, and samplers that share a scheduler. Each message says how to allow what it is about. It does not replace `validateWorkflow`, which knows types.
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
      message: `${ids.length} nodes; ${policy.maxNodes} are allowed.${raise('maxNodes', ids.length)}`,
    });
  }
  if (!ids.some((id) => policy.outputClasses.includes(workflow[id]!.class_type))) {
    issues.push({
      code: 'no-output',
      message: `No output node (${policy.outputClasses.join(', ')}). Allow others by createPolicy({ outputClasses }).`,
    });
  }
  return [...issues, ...checkWork(workflow, policy)];
}

function checkNode(workflow: Workflow, nodeId: string, policy: SafetyPolicy): PolicyIssue[] {
  const { class_type, inputs } = workflow[nodeId]!;
  const at = `Node ${nodeId} (${class_type})`;
  if (![...policy.classes, ...policy.outputClasses].includes(class_type)) {
    return [
      {
        code: 'class-not-allowed',
        nodeId,
        message: `${at}: this class is not allowed. ${allowClass(class_type)}`,
      },
    ];
  }
  const issues: PolicyIssue[] = [];
  if (class_type === 'SaveImage' || Object.hasOwn(inputs, 'filename_prefix')) {
    const prefix = inputs['filename_prefix'];
    if (typeof prefix !== 'string' || !isOwnPrefix(prefix, policy.filenamePrefix)) {
      const message = `${at}: filename_prefix must be "${policy.filenamePrefix}" and letters, digits, - or _. Allow another beginning by createPolicy({ filenamePrefix }).`;
      issues.push({ code: 'filename-prefix', nodeId, input: 'filename_prefix', message });
    }
  }
  for (const [input, value] of Object.entries(inputs)) {
    if (typeof value === 'string' && value.length > policy.maxTextLength) {
      const message = `${at}.${input}: ${value.length} characters; ${policy.maxTextLength} are allowed.${raise('maxTextLength', value.length)}`;
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

function checkWork(workflow: Workflow, policy: SafetyPolicy): PolicyIssue[] {
  const found = countWork(workflow, (id, input) => literalNumber(workflow, id, input));
  const issues = found.unknown.map(({ node, input }) =>
    unchecked(node, workflow[node]!.class_type, input),
  );
  const hold = (
    code: PolicyIssue['code'],
    limit: Bound,
    amount: number,
    what: string,
    nodeId?: string,
  ) => {
    if (amount <= policy[limit]) return;
    const at = nodeId === undefined ? '' : `Node ${nodeId} (${workflow[nodeId]!.class_type}): `;
    const message = `${at}up to ${Math.round(amount)} ${what}; ${policy[limit]} are allowed.${raise(limit, amount)}`;
    issues.push({ code, ...(nodeId !== undefined && { nodeId }), message });
  };
  const { text, conditions, batch, pixels, steps, work } = found;
  hold('too-many-steps', 'maxSteps', steps, 'sampling steps');
  hold('too-large-batch', 'maxBatch', batch.amount, 'pictures in a batch', batch.node);
  hold('too-many-pixels', 'maxPixels', pixels.amount, 'pixels at once', pixels.node);
  hold('too-many-conditions', 'maxConditions', conditions.amount, 'conditions', conditions.node);
  hold('too-much-work', 'maxWork', work, 'steps × conditions × pixels');
  const isLiteral = Object.values(workflow[text.node ?? '']?.inputs ?? {}).some(
    (value) => typeof value === 'string' && value.length >= text.amount,
  );
  if (!isLiteral) {
    hold('text-too-long', 'maxTextLength', text.amount, 'characters put together', text.node);
  }
  return issues;
}

type Bound = Extract<keyof SafetyPolicy, `max${string}`>;

/** How a host allows so much. */
const raise = (limit: Bound, amount: number): string =>
  ` Allow it by createPolicy({ ${limit}: ${Math.ceil(amount)} }).`;

const allowClass = (name: string): string =>
  `Allow it by createPolicy({ classes: [...defaultPolicy.classes, ${JSON.stringify(name)}] }).`;

const unchecked = (nodeId: string, classType: string, input: string): PolicyIssue => ({
  code: 'unchecked-value',
  nodeId,
  input,
  message: `Node ${nodeId} (${classType}).${input}: must be a number above 0 in the graph, so that it can be checked; no option allows another.`,
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
