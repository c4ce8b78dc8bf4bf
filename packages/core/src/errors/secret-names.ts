/** A word that makes what it names a credential, alone or at the end of another: `key`, `apikey`, `accesstoken`. */
const WORD =
  /^(?:x?(?:access|account|api|app|auth|bearer|client|id|master|private|refresh|secret|session|user)?(?:keys?|tokens?|secrets?|passw(?:or)?ds?|credentials?|cookies?|signatures?)|pass(?:code|phrase)?|pwd?|pat|o?auth\d?|authori[sz]ation|authentication|bearer|jwt|sig|sas|session(?:id)?|sid|otp)$/;

/** The words of a field's name, in lower case: `x-Api_keyId` has `x api key id`. */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);

/** Whether what a field, a header or a query value of this name holds is a credential. */
export function isSecretName(name: string): boolean {
  return name.length <= 100 && wordsOf(name).some((word) => WORD.test(word));
}

/** Whether a name in running text can mean nothing else: `api_key` and `password`, not `key` or `KeyError`. */
export function isSureName(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1)!;
  return (
    WORD.test(last) &&
    (words.length > 1 || /.(?:secret|passw|token|key)|^(?:secret|passw|cred)/.test(last))
  );
}

/** Headers that hold no secret; of others nobody knows. */
const PUBLIC =
  /^(accept.*|age|allow|cache-control|comfy-usage-source|connection|content-.*|date|expires|host|prefer|retry-after.*|server|transfer-encoding|user-agent|vary|via|x-request-id|request-id)$/i;

/** Whether a header of this name may be shown. */
export function isPublicHeader(name: string): boolean {
  return PUBLIC.test(name);
}

/** The values of headers that may be credentials, and the bare key after `Bearer ` and its kind. */
export function secretsOf(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => !isPublicHeader(name))
    .flatMap(([, value]) => [value, value.replace(/^\w+ +/, '')]);
}
