import type { TakenInput } from './expand-inputs.ts';

/** One error of a node, in the words of `POST /prompt`. */
export interface NodeError {
  type: string;
  message: string;
  details: string;
  extra_info: Record<string, unknown>;
}

/** Builds an error of `POST /prompt`. */
export function nodeError(
  type: string,
  message: string,
  details: string,
  extra_info: NodeError['extra_info'] = {},
): NodeError {
  return { type, message, details, extra_info };
}

/** What an error says of its input; lists of more than 20 options are left out by those who check them. */
export function inputInfo({ name, type, config }: TakenInput) {
  return { input_name: name, input_config: [type, config] as unknown };
}
