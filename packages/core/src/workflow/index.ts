export type {
  Brief,
  BriefInput,
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
export { addDefaults } from './add-defaults.ts';
export type { BindOptions, BoundWorkflow } from './bind.ts';
export { bindBrief as bindWorkflow } from './bind-brief.ts';
export type { BoundFile } from './bind-pictures.ts';
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
export { isUiWorkflow } from './find-graph.ts';
export { findOutputNodes, isLink, listClasses, pruneWorkflow } from './graph.ts';
export type { InputFacts, KnownServer } from './input-facts.ts';
export { type ListedInput, type ListInputsOptions, listInputs } from './list-inputs.ts';
export { type OpenedGraph, openGraph } from './open-graph.ts';
export {
  checkPolicy,
  createPolicy,
  defaultPolicy,
  type PolicyIssue,
  type SafetyPolicy,
} from './policy/policy.ts';
export { parseGraph, parseWorkflow } from './read.ts';
export { type Listed, respellNames } from './respell.ts';
export { type SanitizeChange, type SanitizedWorkflow, sanitizeWorkflow } from './sanitize.ts';
export { findSlots } from './slots/find-slots.ts';
export { type SlotWarning, slotWarnings } from './slots/slot-warnings.ts';
export type { IssueCode } from './validate/types.ts';
export {
  type ValidateOptions,
  type ValidationResult,
  validateWorkflow,
  type WorkflowIssue,
} from './validate/validate-workflow.ts';
export { type HashOptions, hashWorkflow, stringifyWorkflow } from './write.ts';
