/**
 * JSON as Python writes it: `NaN` and `Infinity`, which custom nodes put into their limits, become `null`.
 * Throws a SyntaxError for what is no JSON either way.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(
      text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
        token.startsWith('"') ? token : 'null',
      ),
    );
  }
}
