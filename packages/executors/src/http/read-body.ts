/** Why a body could not be read. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly kind: 'too-large' | 'truncated';
  constructor(kind: BodyError['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** The whole body, up to `maxBytes`. @throws BodyError where it is larger, or ends before its length */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const declared = lengthOf(response);
  const tooLarge = () => new BodyError('too-large', `The answer is above ${maxBytes} bytes.`);
  if (declared !== undefined && declared > maxBytes) {
    await response.body?.cancel().catch(() => {});
    throw tooLarge();
  }
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > maxBytes) throw tooLarge();
      chunks.push(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    if (error instanceof BodyError) throw error;
    throw new BodyError('truncated', 'The answer ended half-way.', error);
  }
  if (declared !== undefined && size < declared)
    throw new BodyError('truncated', `The answer has ${size} of ${declared} bytes.`);
  return join(chunks, size);
}

/** The declared length; `undefined` where the body was compressed on its way, which changes its size. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  if (length === null || headers.has('content-encoding')) return undefined;
  const bytes = Number(length);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}

function join(chunks: Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
