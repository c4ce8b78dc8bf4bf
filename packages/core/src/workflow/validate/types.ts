/** The kind of a finding: a stable code in lower-kebab-case. */
export type IssueCode =
  | 'not-a-workflow'
  | 'ui-format'
  | 'bad-node'
  | 'missing-node'
  | 'no-outputs'
  | 'no-inputs'
  | 'missing-input'
  | 'bad-link'
  | 'type-mismatch'
  | 'invalid-value'
  | 'below-min'
  | 'above-max'
  | 'not-in-list'
  | 'missing-model'
  | 'cycle'
  | 'custom-validator'
  | 'unknown-option'
  | 'literal-for-socket'
  | 'undeclared-input'
  | 'not-checked'
  | 'orphan-node'
  | 'negative-slot'
  | 'coerced';

/** One finding about a graph. */
export interface WorkflowIssue {
  code: IssueCode;
  nodeId?: string | undefined;
  input?: string | undefined;
  /** `error` makes the graph unsafe to send; `warning` is for a person to look at. */
  level: 'error' | 'warning';
  /** One sentence for a person. */
  message: string;
}

/** What a finding does to the server's answer; the verdicts are made of these. */
export type Effect = 'refuse' | 'unknown' | 'accept';

/** A finding with its effect on the verdict; `effect` is not part of what callers get. */
export interface Finding extends WorkflowIssue {
  effect: Effect;
}

/** Settings for validating a workflow. */
export interface ValidateOptions {
  /** Model files by folder, in place of the catalogue's lists; a folder that is absent keeps the catalogue's. */
  models?: { [folder: string]: readonly string[] } | undefined;
  /** Leaves missing model files out of both verdicts; they are reported as warnings. Default false. */
  ignoreModelFiles?: boolean | undefined;
  /** Whether the catalogue holds every class of the server; false for `coreCatalogue`. Default true. */
  complete?: boolean | undefined;
}

/** Whether a server would accept the graph, whether it is safe to send, and the findings behind both. */
export interface ValidationResult {
  /**
   * What `POST /prompt` would answer: `partly` is 200 with node_errors (some outputs dropped), `unknown`
   * where a class's own validator decides, which the server keeps to itself.
   */
  serverAccepts: 'yes' | 'no' | 'partly' | 'unknown';
  /** Stricter: accepted, and nothing in the graph is known to fail or to wedge the server when it runs. */
  safe: boolean;
  issues: WorkflowIssue[];
}
