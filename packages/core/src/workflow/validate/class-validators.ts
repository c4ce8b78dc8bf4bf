/**
 * Core classes that check inputs in code of their own, which `object_info` doesn't show: ranges and lists
 * are then not checked, and the answer is known to the server alone. `*` is every input.
 */
const VALIDATED: Record<string, string> = {
  LoadImage: 'image',
  LoadImageMask: 'image',
  LoadImageOutput: 'image',
  LoadLatent: 'latent',
  LoadAudio: 'audio',
  LoadVideo: 'file',
  Load3D: 'model_file',
  SelectModelDevice: 'device',
  SelectCLIPDevice: 'device',
  SelectVAEDevice: 'device',
  ModelAttentionBackend: '*',
  ComfySwitchNode: '*',
};

/** Classes whose own validator takes anything. */
const TAKES_ANYTHING = new Set(['CustomCombo']);

/** Who checks a literal beyond its type: the server by range and list, the class itself, or nobody. */
export function checkedBy(classType: string, input: string): 'server' | 'class' | 'nobody' {
  if (TAKES_ANYTHING.has(classType)) return 'nobody';
  const own = Object.hasOwn(VALIDATED, classType) ? VALIDATED[classType] : undefined;
  return own === '*' || own === input ? 'class' : 'server';
}
