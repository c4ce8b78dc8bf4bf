import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { NodeCatalogue } from '../spec/index.ts';
import { coreCatalogue } from './catalogue.ts';
import { modelFolder } from './model-folders.ts';
import { DEFAULT_CLASSES } from './policy/policy.ts';
import { declaredInputs } from './validate/declared-inputs.ts';

const file = fileURLToPath(
  new URL('../../../../../shared/data/comfyui/object_info.v0.33.0.json', import.meta.url),
);
const isMissing = !existsSync(file);
if (isMissing) console.warn(`SKIPPED: the object_info of a real server is not at ${file}`);

const inputsOf = (catalogue: NodeCatalogue, name: string) => [
  ...declaredInputs(catalogue[name], {}).values(),
];

describe('coreCatalogue', () => {
  it('has every class that the default policy allows', () => {
    expect(DEFAULT_CLASSES.filter((name) => !Object.hasOwn(coreCatalogue, name))).toEqual([]);
  });

  it('names no file of anyone’s server', () => {
    const lists = Object.keys(coreCatalogue).flatMap((name) =>
      inputsOf(coreCatalogue, name)
        .filter((input) => modelFolder(name, input.name) !== undefined)
        .map(({ type, options }) => (Array.isArray(type) ? type : options['options'])),
    );
    expect(lists.length).toBeGreaterThan(10);
    expect(new Set(lists.flat())).toEqual(new Set(['pixel_space']));
    const files = Object.keys(coreCatalogue).flatMap((name) =>
      inputsOf(coreCatalogue, name)
        .flatMap(({ type, options }) => (Array.isArray(type) ? type : options['options']))
        .filter((option) => typeof option === 'string' && /\.[a-z]\w{2,}$/i.test(option)),
    );
    expect(files).toEqual([]);
  });

  it.skipIf(isMissing)('says of each class what a real server says', () => {
    const real = JSON.parse(readFileSync(file, 'utf8')) as NodeCatalogue;
    expect(Object.keys(coreCatalogue)).toEqual(Object.keys(real).toSorted());
    for (const [name, info] of Object.entries(coreCatalogue)) {
      expect(info.output, name).toEqual(real[name]?.output);
      expect(info.output_node ?? false, name).toBe(real[name]?.output_node);
      const [ours, theirs] = [inputsOf(coreCatalogue, name), inputsOf(real, name)];
      const facts = (inputs: typeof ours) =>
        inputs.map(({ name: input, required, options: { min, max } }) => ({
          input,
          required,
          min,
          max,
        }));
      expect(facts(ours), name).toEqual(facts(theirs));
    }
  });
});
