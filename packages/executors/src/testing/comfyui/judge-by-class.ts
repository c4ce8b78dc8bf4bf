import { PythonError, pythonType } from '../python-values.ts';
import { type NodeError, nodeError } from './node-error.ts';

/** Core classes that look for the file of an input themselves, and what they call it. */
const FILES: { [classType: string]: [input: string, kind: string] } = {
  LoadImage: ['image', 'image'],
  LoadImageMask: ['image', 'image'],
  LoadImageOutput: ['image', 'image'],
  LoadLatent: ['latent', 'latent'],
  LoadAudio: ['audio', 'audio'],
  LoadVideo: ['file', 'video'],
  Load3D: ['model_file', '3D model'],
};

/** Core classes that take anything for these inputs. `*` is every input. */
const ANYTHING: { [classType: string]: string } = {
  CustomCombo: '*',
  Load3D: '*',
  SelectModelDevice: 'device',
  SelectCLIPDevice: 'device',
  SelectVAEDevice: 'device',
  ModelAttentionBackend: 'attention',
};

/** Whether a class checks an input itself: the server then leaves ranges and lists to it. */
export function isJudgedByClass(classType: string, input: string): boolean {
  const anything = ANYTHING[classType];
  return FILES[classType]?.[0] === input || anything === '*' || anything === input;
}

/** What a class says of its own inputs. A file is looked for although its input is missing or linked. */
export function judgeByClass(
  classType: string,
  inputs: Record<string, unknown>,
  hasInput: (name: string) => boolean,
): NodeError[] {
  const [input, kind] = FILES[classType] ?? [];
  if (input === undefined) return [];
  if (!(input in inputs)) throw missing(classType, input);
  // What a link will bring isn't known yet.
  const value = Array.isArray(inputs[input]) ? null : inputs[input];
  if (kind === '3D model' && (!value || value === 'none')) return [];
  if (typeof value !== 'string') {
    const what = `'${pythonType(value)}' object has no attribute 'endswith'`;
    throw new PythonError('AttributeError', what);
  }
  if (value === '' || hasInput(value)) return [];
  return [failed(input, `Invalid ${kind} file: ${value}`)];
}

function missing(classType: string, input: string): PythonError {
  const name = classType.startsWith('LoadImage')
    ? 'LoadImage.VALIDATE_INPUTS'
    : `${classType}.${classType === 'LoadLatent' ? 'VALIDATE_INPUTS' : 'validate_inputs'}`;
  return new PythonError(
    'TypeError',
    `${name}() missing 1 required positional argument: '${input}'`,
  );
}

function failed(input: string, text: string): NodeError {
  const message = 'Custom validation failed for node';
  return nodeError('custom_validation_failed', message, `${input} - ${text}`, {
    input_name: input,
  });
}
