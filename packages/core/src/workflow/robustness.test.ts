import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, customSampling, textToImage } from '../../test/graphs.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { NodeCatalogue, Workflow } from '../spec/index.ts';
import { bindWorkflow } from './bind.ts';
import { coreCatalogue } from './catalogue.ts';
import { diffWorkflows, formatDiff } from './diff/diff-workflows.ts';
import { findComponents } from './find-components.ts';
import { pruneWorkflow } from './graph.ts';
import { parseJson } from './json.ts';
import { checkPolicy } from './policy/policy.ts';
import { parseGraph, parseWorkflow } from './read.ts';
import { sanitizeWorkflow } from './sanitize.ts';
import { findSlots } from './slots/find-slots.ts';
import { validateWorkflow } from './validate/validate-workflow.ts';
import { hashWorkflow } from './write.ts';

const file = fileURLToPath(
  new URL('../../../../../shared/data/comfyui/object_info.v0.33.0.json', import.meta.url),
);
const isMissing = !existsSync(file);
if (isMissing) console.warn(`SKIPPED: the object_info of a real server is not at ${file}`);
const realCatalogue = isMissing
  ? coreCatalogue
  : (parseJson(readFileSync(file, 'utf8')) as NodeCatalogue);

/** Good graphs with one place replaced by anything at all. */
const mutated = fc
  .tuple(
    fc.constantFrom(textToImage(), customSampling()),
    fc.constantFrom('3', '5', '6', '9', '11', '77', '__proto__'),
    fc.constantFrom(undefined, 'class_type', 'inputs', 'seed', 'positive', 'text', 'constructor'),
    fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('KSampler', 'constructor', 'LoadImage', 'SaveImageAdvanced'),
      fc.tuple(fc.constantFrom('3', '8', '99', '__proto__'), fc.integer({ min: -3, max: 9 })),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 2 ** 70, 5n, undefined, Symbol('x')),
    ),
  )
  .map(([graph, id, key, value]): Record<string, unknown> => {
    const copy: Record<string, Record<string, unknown>> = structuredClone(graph) as never;
    if (key === undefined) return { ...copy, [id]: value };
    const node = Object.hasOwn(copy, id) ? copy[id]! : { class_type: 'VAEDecode', inputs: {} };
    if (key === 'class_type' || key === 'inputs')
      return { ...copy, [id]: { ...node, [key]: value } };
    return { ...copy, [id]: { ...node, inputs: { ...(node['inputs'] as object), [key]: value } } };
  });
const anything = fc.oneof(
  mutated,
  anyGraph,
  fc.jsonValue(),
  fc.dictionary(fc.string(), fc.record({ class_type: fc.string(), inputs: fc.jsonValue() })),
);

/** Runs it; anything but a result or an error of ours fails the test. */
function survives(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!ComfygenError.is(error)) throw error;
  }
}

const brief = {
  ...{ prompt: 'a fox', negative: 'x', seed: 1, width: 512, height: 512, count: 2 },
  parts: { subjects: [], relation: null, count: 1, scene: '' },
  ...{ limits: {}, options: {} },
};

describe('whatever comes in', () => {
  it('is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        survives(() => parseWorkflow(text));
        survives(() => parseGraph(text));
      }),
    );
    fc.assert(
      fc.property(anything, (value) => survives(() => parseWorkflow(value as object))),
      { numRuns: 1000 },
    );
  });

  it('gets a verdict, with any catalogue', () => {
    const catalogues = [coreCatalogue, realCatalogue];
    const odd = fc.dictionary(
      fc.constantFrom('KSampler', 'SaveImage', 'VAEDecode'),
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          input: fc.record({
            required: fc.dictionary(
              fc.constantFrom('images', 'seed', 'samples', 'text'),
              fc.oneof(
                fc.jsonValue(),
                fc.tuple(
                  fc.constantFrom('INT', 'COMBO', 'COMFY_DYNAMICCOMBO_V3', 'COMFY_AUTOGROW_V3'),
                  fc.jsonValue(),
                ),
              ),
            ),
          }),
          output: fc.jsonValue(),
          output_node: fc.boolean(),
        }),
      ),
    );
    fc.assert(
      fc.property(anything, fc.oneof(fc.constantFrom(...catalogues), odd), (value, catalogue) => {
        const { serverAccepts, safe, issues } = validateWorkflow(value, catalogue as NodeCatalogue);
        expect(['yes', 'no', 'partly', 'unknown']).toContain(serverAccepts);
        if (safe) expect(issues.filter(({ level }) => level === 'error')).toEqual([]);
        if (!safe) expect(issues.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('is taken apart without a crash', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const graph = value as Workflow;
        survives(() => findComponents(graph));
        survives(() => hashWorkflow(graph));
        survives(() => pruneWorkflow(graph));
        survives(() => checkPolicy(graph));
        survives(() => formatDiff(diffWorkflows(textToImage(), graph)));
        survives(() => findSlots(graph));
      }),
      { numRuns: 1000 },
    );
  });

  it('can be cleaned, and what was cleaned can be used by every other tool', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, anyGraph), (graph) => {
        survives(() => parseWorkflow(graph));
        const json = JSON.parse(
          JSON.stringify(graph, (_key, item) => (typeof item === 'bigint' ? 0 : item)),
        );
        const { workflow } = sanitizeWorkflow(json, realCatalogue);
        findComponents(workflow);
        checkPolicy(workflow);
        survives(() => bindWorkflow(workflow, findSlots(workflow), brief));
        const { issues } = validateWorkflow(workflow, realCatalogue, { complete: false });
        const repaired = ['undeclared-input', 'negative-slot', 'no-inputs', 'bad-node'];
        const left = issues.filter(
          ({ code, level }) => level === 'error' && repaired.includes(code),
        );
        expect(left).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
