export { encodeRgbPng } from '../image/png.ts';
export {
  defineNode,
  type InputFiles,
  type InputOptions,
  type InputSpec,
  type NodeContext,
  type NodeDefinition,
  type NodeFile,
  type PreviewPixels,
} from '../runtime/node-definition.ts';
export type {
  Condition,
  ConditionArea,
  Guider,
  Latent,
  Mask,
  ModelHandle,
  NodeValues,
} from '../runtime/values.ts';
export { coreNodes } from './core-nodes.ts';
