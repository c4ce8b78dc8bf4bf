type Schema = { [key: string]: unknown };
type Provider = 'anthropic' | 'openai';

/** Keywords that limit values and that Anthropic's structured outputs do not take, by type. */
const LIMITS: { readonly [type: string]: readonly string[] } = {
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength', 'pattern'],
  array: ['maxItems', 'uniqueItems'],
};

/** Why a provider would not hold a reply to this schema; `undefined` where it would. */
export function schemaFault(schema: Schema, provider: Provider): string | undefined {
  const { type } = schema;
  if (type === 'object') {
    const fault =
      provider === 'anthropic' ? anthropicObject(schema) : openaiObject(schema as ObjectSchema);
    if (fault !== undefined) return fault;
  }
  const limit = LIMITS[String(type)]?.find((keyword) => keyword in schema);
  if (provider === 'anthropic' && limit !== undefined)
    return `For '${type}' type, property '${limit}' is not supported`;
  for (const inner of children(schema)) {
    const fault = schemaFault(inner, provider);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

interface ObjectSchema {
  properties?: { [key: string]: unknown };
  required?: string[];
  additionalProperties?: unknown;
}

function anthropicObject({ additionalProperties }: Schema): string | undefined {
  return additionalProperties === false
    ? undefined
    : "For 'object' type, 'additionalProperties' must be explicitly set to false";
}

function openaiObject({ properties = {}, required, additionalProperties }: ObjectSchema) {
  if (additionalProperties !== false)
    return "In context=(), 'additionalProperties' is required to be supplied and to be false.";
  const missing = Object.keys(properties).find((key) => !required?.includes(key));
  return missing === undefined
    ? undefined
    : `In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

function children(schema: Schema): Schema[] {
  const { properties = {}, $defs = {}, items, anyOf = [], allOf = [], oneOf = [] } = schema;
  const candidates = [
    ...Object.values(properties as Schema),
    ...Object.values($defs as Schema),
    items,
    ...(anyOf as unknown[]),
    ...(allOf as unknown[]),
    ...(oneOf as unknown[]),
  ];
  return candidates.filter(
    (one): one is Schema => typeof one === 'object' && one !== null && !Array.isArray(one),
  );
}
