import type { Warning } from '../spec/index.ts';

// docs/warnings.md tells what each code means; a test keeps the two equal, and finds codes that are in neither.

/** Codes of what somebody asked for and did not get. */
export const ASKED_NOT_GIVEN: readonly string[] = `
  conditioning-truncated count-assumed count-kept empty-area files-left-out flow-skipped image-cache-failed
  image-not-taken images-missing input-ignored input-over-slot input-rounded job-damaged job-not-stored
  jobs-not-kept limit-not-judged listener-failed main-output-missing member-failed member-silent name-taken
  negative-ignored no-previews no-prompt-slot other-type output-broken output-error output-not-fetched
  over-budget record-not-kept record-skipped records-unread score-failed score-out-of-range seed-ignored
  seed-wrapped shortlist-not-run size-differs size-ignored size-kept size-not-taken size-rounded size-unusual
  strength-ignored temperature-ignored texts-kept unknown-words websocket-left-out
`
  .trim()
  .split(/\s+/);

/** Codes of what is good to know. Any other code is read as one of these, so nothing that runs needs them. */
export const NOTES = `
  abstain-drawn bank-cut best-flow-unknown cache-failed candidate-failed cascade-failed choice-made
  class-renamed comment-skipped converted count-recalled count-split drawn-twice embeddings-fetched fell-back
  few-choices field-renamed flow-converted flow-not-offered flow-not-scored flow-renamed flow-replaced
  flows-not-described flows-without-scores from-cache graph-unwrapped input-defaulted input-dropped
  inventory-unknown job-rerun label-count link-dropped link-missing media-type-mismatch model-failed
  model-outdated model-refused name-respelled no-flows no-socket no-support no-worker node-bypassed node-dropped
  node-muted not-checked not-learned other-outputs output-node-unknown preview-outputs-skipped previews-left-out
  prompt-cut prompt-not-judged prompt-truncated prompts-sampled prompts-unlabelled public-run records-left-out
  reply-cache-failed reply-cached reply-repaired reply-unusable request-retried retried runs-without-score
  seed-drawn selection-corrected size-defaulted socket-flooded structured-downgraded subject-not-judged
  token-kept undeclared-input unknown-flow-dropped unknown-label-dropped unknown-state unreadable-upload
  unused-nodes upload-incomplete uploaded-again usage-unknown value-defaulted value-dropped value-mismatch
  value-missing version-not-pinned warning-unread websocket-saved workflow-sanitized
`;

/** How much a warning says, by its code. */
export function warningLevel(code: string): NonNullable<Warning['level']> {
  return ASKED_NOT_GIVEN.includes(code) ? 'asked-not-given' : 'note';
}
