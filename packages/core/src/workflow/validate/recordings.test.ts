import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { NodeCatalogue } from '../../spec/index.ts';
import { parseJson } from '../json.ts';
import { validateWorkflow } from './validate-workflow.ts';

const data = fileURLToPath(new URL('../../../../../../shared/data/comfyui/', import.meta.url));
const missing = !existsSync(`${data}object_info.v0.33.0.json`);
if (missing) console.warn(`SKIPPED: the recordings of a real server are not at ${data}`);

interface Exchange {
  method: string;
  path: string;
  requestBody: unknown;
  status: number;
  note?: string;
  body?: { node_errors?: object; error?: { type?: string } };
}

const read = (path: string) => parseJson(readFileSync(data + path, 'utf8'));
const models = { checkpoints: ['tiny.safetensors', 'tiny_noclip.safetensors'] };

/** Graphs posted in a recording with what the server said. */
function posts(file: string) {
  const { http } = read(`recordings/${file}`) as { http: Exchange[] };
  return http
    .filter(({ method, path, status }) => method === 'POST' && path === '/api/prompt' && status > 0)
    .filter(({ body }) => body?.error?.type !== 'invalid_prompt_id')
    .flatMap(({ requestBody, status, body, note }) => {
      if (typeof requestBody !== 'object' || requestBody === null || !('prompt' in requestBody))
        return [];
      const errors = Object.keys(body?.node_errors ?? {});
      const answer = status !== 200 ? 'no' : errors.length > 0 ? 'partly' : 'yes';
      const nodeIds = status === 500 ? undefined : errors;
      return [{ name: `${file}: ${note ?? status}`, prompt: requestBody.prompt, answer, nodeIds }];
    });
}

describe.skipIf(missing)('verdicts against a real server of version 0.33.0', () => {
  const catalogue = (missing ? {} : read('object_info.v0.33.0.json')) as NodeCatalogue;
  const files = missing
    ? []
    : readdirSync(`${data}recordings`).filter((name) => name.endsWith('.json'));
  const cases = files.flatMap(posts);

  it('has cases of every answer', () => {
    expect(new Set(cases.map(({ answer }) => answer))).toEqual(new Set(['yes', 'no', 'partly']));
  });

  it.each(cases)('$name → $answer', ({ prompt, answer, nodeIds }) => {
    const result = validateWorkflow(prompt, catalogue, { models });
    const ownValidator = result.issues.some(({ code }) => code === 'custom-validator');
    expect(result.serverAccepts).toBe(ownValidator ? 'unknown' : answer);
    const found = result.issues
      .filter(({ level, nodeId }) => level === 'error' && nodeId)
      .map((i) => i.nodeId);
    if (!ownValidator) expect(found).toEqual(expect.arrayContaining(nodeIds ?? []));
  });
});
