import { ComfygenError } from '../errors/comfygen-error.ts';
import type { PartRef } from '../spec/index.ts';

/** What this reads of a schema: the Standard Schema contract, which zod 4 and others follow. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** A part's options as its schema wants them. @throws INVALID_OPTIONS naming each wrong or unknown key */
export function parseOptions<Output>(
  part: PartRef,
  schema: StandardSchema<Output>,
  value: unknown,
): Output {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise)
    throw new ComfygenError(
      'INVALID_OPTIONS',
      `The options schema of ${part.name} must not be asynchronous.`,
      { part },
    );
  if (!result.issues) return result.value;
  const issues = result.issues.map(({ message, path }) => {
    const where = (path ?? [])
      .map((step) => String(typeof step === 'object' ? step.key : step))
      .join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  throw new ComfygenError(
    'INVALID_OPTIONS',
    `${part.role} ${part.name} got invalid options. ${issues.join('; ')}.`,
    { part, details: { issues } },
  );
}
