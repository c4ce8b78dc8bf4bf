/** Why a flow is left out: a stable code for programs and a sentence for people. */
export interface FlowReason {
  code:
    | 'missing-class'
    | 'missing-model'
    | 'no-prompt-slot'
    | 'subjects'
    | 'relation'
    | 'count'
    | 'brief'
    | 'needs-picture'
    | 'no-picture-slot'
    | 'no-upload'
    | 'no-such-input'
    | 'input-value'
    | 'size'
    | 'licence'
    | 'vram'
    | 'cost'
    | 'duration';
  message: string;
}
