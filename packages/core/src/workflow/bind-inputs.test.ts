import { describe, expect, it } from 'vitest';
import { graphNode, textToImage } from '../../test/graphs.ts';
import type { Brief, BriefInput, Workflow } from '../spec/index.ts';
import { createTestBrief } from '../testing/test-brief.ts';
import { bindBrief } from './bind-brief.ts';
import { coreCatalogue } from './catalogue.ts';
import { listInputs } from './list-inputs.ts';
import { findSlots } from './slots/find-slots.ts';

type Given = { [name: string]: BriefInput['value'] | BriefInput };

function bind(given: Given, workflow: Workflow = textToImage(), brief: Partial<Brief> = {}) {
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, one]) => [
      name,
      typeof one === 'object' ? one : { value: one },
    ]),
  );
  const models = { loras: ['style/ink.safetensors'], checkpoints: ['base.safetensors'] };
  const bound = bindBrief(
    workflow,
    findSlots(workflow),
    createTestBrief('a fox', { inputs, ...brief }),
    {
      catalogue: coreCatalogue,
      models,
    },
  );
  return {
    at: (node: string) => bound.workflow[node]!.inputs,
    codes: bound.warnings.map(({ code }) => code),
    messages: bound.warnings.map(({ message }) => message),
  };
}

const fault = (given: Given, workflow?: Workflow): { code: string; message: string } => {
  try {
    bind(given, workflow);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was thrown');
};

describe('inputs of a brief', () => {
  it('are written by name and by node.input', () => {
    const { at, codes } = bind({ steps: 30, sampler: 'dpmpp_2m', '3.denoise': 0.6, cfg: 6 });
    expect(at('3')).toMatchObject({ steps: 30, sampler_name: 'dpmpp_2m', denoise: 0.6, cfg: 6 });
    expect(codes).toEqual([]);
  });

  it('are held to the range, the type and the list of their class', () => {
    expect(fault({ steps: 0 })).toMatchObject({
      code: 'INVALID_BRIEF',
      message: 'Steps (node 3 (KSampler).steps) takes whole numbers from 1 to 10000; got 0.',
    });
    expect(fault({ steps: 2.5 }).code).toBe('INVALID_BRIEF');
    expect(fault({ steps: '30' }).code).toBe('INVALID_BRIEF');
    expect(fault({ cfg: true }).code).toBe('INVALID_BRIEF');
    expect(fault({ '3.seed': 2n ** 64n }).code).toBe('INVALID_BRIEF');
    const misspelt = fault({ sampler: 'dpmpp2m' });
    expect(misspelt.message).toContain('did you mean "dpmpp_2m"?');
    expect(fault({ checkpoint: 'other.safetensors' }).message).toContain('base.safetensors');
  });

  it('are held to what a number node feeds', () => {
    const graph = textToImage({
      '3': graphNode('KSampler', { ...textToImage()['3']!.inputs, steps: ['30', 0] }),
      '30': graphNode('PrimitiveInt', { value: 20 }),
    });
    expect(bind({ steps: 40 }, graph).at('30')['value']).toBe(40);
    expect(fault({ steps: 20_000 }, graph).message).toContain('from 1 to 10000');
  });

  it('take whole numbers in steps, rounded with a warning', () => {
    const catalogue = {
      ...coreCatalogue,
      PackFilm: { input: { required: { length: ['INT', { min: 1, max: 99, step: 4 }] } } },
    };
    const film = { ...textToImage(), '60': graphNode('PackFilm', { length: 33 }) };
    const brief = createTestBrief('a fox', { inputs: { '60.length': { value: 82 } } });
    const bound = bindBrief(film, findSlots(film), brief, { catalogue });
    expect(bound.workflow['60']!.inputs['length']).toBe(81);
    expect(bound.warnings.map(({ code }) => code)).toContain('input-rounded');
  });

  it('follow the type of what stands there where no catalogue tells it', () => {
    const graph = textToImage({
      '60': graphNode('PackNode', { power: 3, label: 'x', on: true, text: '7' }),
    });
    const { at } = bind({ '60.power': 4, '60.label': 'y', '60.on': false, '60.text': 8 }, graph);
    expect(at('60')).toEqual({ power: 4, label: 'y', on: false, text: '8' });
    expect(fault({ '60.power': 'much' }, graph).code).toBe('INVALID_BRIEF');
    expect(fault({ '60.label': 5 }, graph).code).toBe('INVALID_BRIEF');
  });

  it('are never written over a link', () => {
    const { code, message } = fault({ '3.model': 'x' });
    expect(code).toBe('MISSING_SLOT');
    expect(message).toContain('node 4 feeds it');
  });

  it('that are not there are refused with the nearest name, or left out where they may be', () => {
    expect(fault({ step: 5 })).toMatchObject({
      code: 'MISSING_SLOT',
      message: 'The workflow has no input "step". Did you mean steps?',
    });
    const { codes, at } = bind({ guidance: { value: 3, optional: true }, steps: 9 });
    expect(codes).toEqual(['input-ignored']);
    expect(at('3')['steps']).toBe(9);
  });

  it.each([
    '__proto__',
    'constructor',
    '3.__proto__',
    '3.toString',
    '__proto__.steps',
    'hasOwnProperty',
  ])('know nothing of %s', (name) => {
    expect(() =>
      bindBrief(
        textToImage(),
        findSlots(textToImage()),
        createTestBrief('a fox', { inputs: Object.fromEntries([[name, { value: 1 }]]) }),
      ),
    ).toThrow(expect.objectContaining({ code: 'MISSING_SLOT' }));
  });

  it('win by their address over a name and over a slot, and say so', () => {
    const both = bind({ '3.steps': 7, steps: 30, '3.seed': 99 });
    expect(both.at('3')).toMatchObject({ steps: 7, seed: 99 });
    expect(both.codes).toEqual(['input-over-slot', 'input-over-slot']);
    expect(both.messages[1]).toBe('3.seed is written to node 3 (KSampler).seed in place of seed.');
  });

  it('are written where somebody stated them, in place of what is found', () => {
    const slots = { ...findSlots(textToImage()), inputs: { steps: [{ node: '3', input: 'cfg' }] } };
    const brief = createTestBrief('a fox', { inputs: { steps: { value: 4 } } });
    const { workflow } = bindBrief(textToImage(), slots, brief);
    expect(workflow['3']!.inputs).toMatchObject({ steps: 20, cfg: 4 });
  });

  it('go with a size that is a ratio or a longest side', () => {
    const { at } = bind({ steps: 9 }, textToImage(), {
      aspectRatio: { width: 2, height: 1 },
      longestSide: 768,
    });
    expect(at('5')).toMatchObject({ width: 768, height: 384 });
    expect(at('3')['steps']).toBe(9);
  });

  it('set one line of a value that holds several, and leave the others and the caller’s graph', () => {
    const graph = textToImage({
      '21': graphNode('Power', { lora_1: { on: true, lora: 'a.safetensors', strength: 1 } }),
    });
    const before = structuredClone(graph);
    expect(bind({ 'lora:a': 0.3 }, graph).at('21')['lora_1']).toEqual({
      on: true,
      lora: 'a.safetensors',
      strength: 0.3,
    });
    expect(graph).toEqual(before);
  });
});

describe('listInputs', () => {
  it('tells names with ranges, lists and present values', () => {
    const listed = listInputs(textToImage(), {
      catalogue: coreCatalogue,
      models: { checkpoints: ['a', 'b'] },
    });
    const named = (name: string) => listed.find((one) => one.name === name);
    expect(named('steps')).toMatchObject({ value: 20, type: 'INT', min: 1, max: 10_000 });
    expect(named('scheduler')?.options).toContain('karras');
    expect(named('checkpoint')).toMatchObject({ type: 'COMBO', options: ['a', 'b'] });
    expect(listed.some(({ name }) => name.includes('.'))).toBe(false);
  });

  it('lists every other value by its address, but no slot and no link', () => {
    const names = listInputs(textToImage(), { all: true }).map(({ name }) => name);
    expect(names).toContain('9.filename_prefix');
    expect(names).not.toContain('3.seed');
    expect(names).not.toContain('3.steps');
    expect(names).not.toContain('3.model');
  });
});
