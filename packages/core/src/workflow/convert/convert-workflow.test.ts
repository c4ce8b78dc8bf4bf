import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { save } from '../../../test/convert/canvas.ts';
import { editorCases } from '../../../test/convert/editor-cases.ts';
import { subgraphCases } from '../../../test/convert/subgraph-cases.ts';
import { widgetCases } from '../../../test/convert/widget-cases.ts';
import type { NodeCatalogue, Workflow } from '../../spec/index.ts';
import { parseJson } from '../json.ts';
import { validateWorkflow, type WorkflowIssue } from '../validate/validate-workflow.ts';
import { convertWorkflow } from './convert-workflow.ts';

const file = fileURLToPath(
  new URL('../../../../../../shared/data/comfyui/object_info.v0.33.0.json', import.meta.url),
);
const isMissing = !existsSync(file);
if (isMissing) console.warn(`SKIPPED: the object_info of a real server is not at ${file}`);
const catalogue = (isMissing ? {} : parseJson(readFileSync(file, 'utf8'))) as NodeCatalogue;
const models = {
  checkpoints: ['base.safetensors'],
  controlnet: ['net.safetensors'],
  upscale_models: ['up.pth'],
};

const withoutTitles = (workflow: Workflow) =>
  Object.fromEntries(
    Object.entries(workflow).map(([id, { class_type, inputs }]) => [id, { class_type, inputs }]),
  );

/** The editor sends nodes that lead to no output too. */
const isError = ({ level, code }: WorkflowIssue) => level === 'error' && code !== 'orphan-node';

describe.skipIf(isMissing)('against the classes of a real server', () => {
  describe.each([
    ['0.4', 0.4],
    ['1.0', 1],
  ] as const)('version %s', (_name, version) => {
    it.each([...widgetCases, ...editorCases, ...subgraphCases])(
      '$name',
      ({ drawing, expected, warnings = [], answer = 'yes' }) => {
        const ui = save(drawing, version);
        const before = structuredClone(ui);
        const result = convertWorkflow(ui, catalogue);
        expect(withoutTitles(result.workflow)).toEqual(expected);
        expect(result.warnings.map(({ code }) => code)).toEqual(warnings);
        expect(ui).toEqual(before);
        const { serverAccepts, issues } = validateWorkflow(result.workflow, catalogue, { models });
        expect({ serverAccepts, errors: issues.filter(isError) }).toEqual({
          serverAccepts: answer,
          errors: [],
        });
        expect(convertWorkflow(JSON.stringify(ui), catalogue)).toEqual(result);
      },
    );
  });

  it('covers at least 30 workflows', () => {
    expect(widgetCases.length + editorCases.length + subgraphCases.length).toBeGreaterThan(50);
  });
});
