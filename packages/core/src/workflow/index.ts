export type {
  Brief,
  Components,
  InputValue,
  Link,
  NodeCatalogue,
  NodeInfo,
  SlotName,
  SlotRef,
  Slots,
  Workflow,
  WorkflowNode,
} from '../spec/index.ts';
export { type BindOptions, type BoundWorkflow, bindWorkflow } from './bind.ts';
export { findComponents } from './find-components.ts';
export { findSlots } from './find-slots.ts';
export { type HashOptions, hashWorkflow } from './hash.ts';
export { isUiWorkflow } from './is-ui-workflow.ts';
export { isLink } from './links.ts';
export { listClasses } from './list-classes.ts';
export { findOutputNodes } from './output-nodes.ts';
export { parseWorkflow } from './parse.ts';
export { pruneWorkflow } from './prune.ts';
export { stringifyWorkflow } from './stringify.ts';
