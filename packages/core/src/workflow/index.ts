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
  Warning,
  Workflow,
  WorkflowNode,
} from '../spec/index.ts';
export { type BindOptions, type BoundWorkflow, bindWorkflow } from './bind.ts';
export type { ConvertOptions } from './convert/conversion.ts';
export { type ConvertedWorkflow, convertWorkflow } from './convert/convert-workflow.ts';
export {
  type DiffNode,
  diffWorkflows,
  formatDiff,
  type InputChange,
  type WorkflowDiff,
} from './diff/diff-workflows.ts';
export { findComponents } from './find-components.ts';
export { findSlots } from './find-slots.ts';
export { type HashOptions, hashWorkflow } from './hash.ts';
export { isUiWorkflow } from './is-ui-workflow.ts';
export { isLink } from './links.ts';
export { listClasses } from './list-classes.ts';
export { findOutputNodes } from './output-nodes.ts';
export { parseGraph, parseWorkflow } from './parse.ts';
export {
  checkPolicy,
  createPolicy,
  defaultPolicy,
  type PolicyIssue,
  type SafetyPolicy,
} from './policy.ts';
export { pruneWorkflow } from './prune.ts';
export { type SanitizeChange, type SanitizedWorkflow, sanitizeWorkflow } from './sanitize.ts';
export { stringifyWorkflow } from './stringify.ts';
export type { IssueCode } from './validate/types.ts';
export {
  type ValidateOptions,
  type ValidationResult,
  validateWorkflow,
  type WorkflowIssue,
} from './validate/validate-workflow.ts';
