const HIDDEN = '[redacted]';

/**
 * A function that puts `[redacted]` in place of these secrets, also where a text has them percent-encoded, escaped as
 * in JSON or HTML, or in base64, and in other letter case. Longer ones first, so that one that begins like another is
 * hidden whole; below 4 characters none counts, which would garble every text.
 */
export function createHider(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = new Set(secrets.filter((secret) => secret !== undefined && secret.length >= 4));
  if (known.size === 0) return (text) => text;
  const ordered = ([...known] as string[]).sort((a, b) => b.length - a.length);
  const forms = ordered.flatMap((secret) => [...asBase64(secret), spelled(secret)]);
  const pattern = new RegExp(forms.join('|'), 'gi');
  return (text) => text.replace(pattern, HIDDEN);
}

/** A pattern for a text in which each character may be encoded in its own way: no two services encode alike. */
function spelled(secret: string): string {
  return Array.from(secret, (char) => {
    const bytes = [...new TextEncoder().encode(char)].map((byte) => `%(?:25){0,3}${hex(byte, 2)}`);
    const units = Array.from(
      { length: char.length },
      (_, at) => `\\\\{1,16}u${hex(char.charCodeAt(at), 4)}`,
    );
    const entity = `&(?:amp;)?#(?:0*${char.codePointAt(0)}|x0*${hex(char.codePointAt(0)!, 1)});`;
    const plain = `\\\\{0,15}${escapeRegExp(char)}${char === ' ' ? '|\\+' : ''}`;
    return `(?:${plain}|${bytes.join('')}|${units.join('')}|${entity}${ENTITIES[char] ?? ''})`;
  }).join('');
}

const ENTITIES: { readonly [char: string]: string } = {
  '&': '|&amp;',
  '<': '|&lt;',
  '>': '|&gt;',
  '"': '|&quot;',
  '\n': '|\\\\{1,4}n',
};

/** The base64 texts in which a secret stands, whichever byte of three it begins at: alone, or as in `user:secret`. */
function asBase64(secret: string): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(secret));
  return [0, 1, 2].flatMap((shift) => {
    const whole = btoa(' '.repeat(shift) + bytes);
    const sure = whole.slice(
      Math.ceil((shift * 4) / 3),
      Math.floor(((shift + bytes.length) * 4) / 3),
    );
    const core = sure.replace(/[+/]/g, (char) => (char === '+' ? '[+-]' : '(?:[/_]|%2f)'));
    // A few letters may stand in any text.
    return sure.length < 8 ? [] : [`${core}[\\w+/=-]{0,4}`];
  });
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

const escapeRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
