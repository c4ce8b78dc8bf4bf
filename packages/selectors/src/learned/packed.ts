/** Rows of numbers as 16-bit integers in base64, each row with its scale. Small, and the same on every machine. */
export interface PackedRows {
  length: number;
  scales: number[];
  values: string;
}

const LARGEST = 32_767;

export function packRows(rows: readonly Float64Array[]): PackedRows {
  const length = rows[0]?.length ?? 0;
  const bytes = new DataView(new ArrayBuffer(rows.length * length * 2));
  const scales = rows.map((row) => {
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return Number((largest / LARGEST).toPrecision(6));
  });
  for (const [index, row] of rows.entries()) {
    const scale = scales[index]! || 1;
    for (const [at, value] of row.entries()) {
      const whole = Math.max(-LARGEST, Math.min(LARGEST, Math.round(value / scale)));
      bytes.setInt16((index * length + at) * 2, whole, true);
    }
  }
  return { length, scales, values: encode(new Uint8Array(bytes.buffer)) };
}

export function unpackRows({ length, scales, values }: PackedRows): Float64Array[] {
  const bytes = new DataView(decode(values).buffer);
  return scales.map((scale, index) =>
    Float64Array.from(
      { length },
      (_, at) => scale * bytes.getInt16((index * length + at) * 2, true),
    ),
  );
}

/** Vectors as 8-bit integers in base64; only their directions are kept. */
export function packVectors(vectors: readonly ArrayLike<number>[]): string {
  const length = vectors[0]?.length ?? 0;
  const bytes = new Int8Array(vectors.length * length);
  for (const [index, vector] of vectors.entries()) {
    const values = Float64Array.from(vector);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    bytes.set(
      values.map((value) => Math.round((127 * value) / largest)),
      index * length,
    );
  }
  return encode(new Uint8Array(bytes.buffer));
}

/** The directions, each of length 1. */
export function unpackVectors(text: string, length: number): Float64Array[] {
  const bytes = new Int8Array(decode(text).buffer);
  return Array.from({ length: bytes.length / length }, (_, row) =>
    unitVector(bytes.subarray(row * length, (row + 1) * length)),
  );
}

export function unitVector(vector: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(vector);
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  return values.map((value) => value / norm);
}

const CHUNK = 8_192;

function encode(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
