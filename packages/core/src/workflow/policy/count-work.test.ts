import { describe, expect, it } from 'vitest';
import { graphNode, textToImage } from '../../../test/graphs.ts';
import type { InputValue, Workflow } from '../../spec/index.ts';
import { coreCatalogue } from '../catalogue.ts';
import { GROWTH, SCHEDULERS } from './node-bounds.ts';
import { checkPolicy, createPolicy, defaultPolicy } from './policy.ts';

const codes = (graph: Workflow, policy = defaultPolicy) => [
  ...new Set(checkPolicy(graph, policy).map(({ code }) => code)),
];
const everything = createPolicy({ classes: Object.keys(coreCatalogue) });

/** The usual graph with `count` nodes in a row, each of which is given the last one twice. */
function doubled(
  count: number,
  first: InputValue,
  make: (last: InputValue) => [classType: string, inputs: Record<string, InputValue>],
  use: (last: InputValue) => [id: string, input: string],
): Workflow {
  const graph = textToImage();
  let last = first;
  for (let i = 0; i < count; i += 1) {
    graph[`d${i}`] = graphNode(...make(last));
    last = [`d${i}`, 0];
  }
  const [id, input] = use(last);
  graph[id]!.inputs[input] = last;
  return graph;
}

describe('what nodes put together', () => {
  it.each<[string, string, number, Workflow]>([
    [
      'texts',
      'text-too-long',
      8,
      doubled(
        8,
        'x'.repeat(1000),
        (last) => ['StringConcatenate', { string_a: last, string_b: last, delimiter: ' ' }],
        () => ['6', 'text'],
      ),
    ],
    [
      'conditions',
      'too-many-conditions',
      8,
      doubled(
        8,
        ['6', 0],
        (last) => ['ConditioningCombine', { conditioning_1: last, conditioning_2: last }],
        () => ['3', 'positive'],
      ),
    ],
    [
      'tokens of one condition',
      'text-too-long',
      30,
      doubled(
        30,
        ['6', 0],
        (last) => ['ConditioningConcat', { conditioning_to: last, conditioning_from: last }],
        () => ['3', 'positive'],
      ),
    ],
    [
      'pictures',
      'too-large-batch',
      6,
      doubled(
        6,
        ['8', 0],
        (last) => ['ImageBatch', { image1: last, image2: last }],
        () => ['9', 'images'],
      ),
    ],
  ])('are counted: %s', (_, code, count, graph) => {
    expect(codes(graph)).toContain(code);
    for (let i = 3; i < count; i += 1) delete graph[`d${i}`];
    graph['6']!.inputs['text'] = 'a cat';
    graph['3']!.inputs['positive'] = ['6', 0];
    graph['9']!.inputs['images'] = ['8', 0];
    expect(codes(graph)).toEqual([]);
  });

  it('are as much as one of them where they stand side by side', () => {
    const graph = textToImage();
    for (let i = 0; i < 40; i += 1) {
      graph[`a${i}`] = graphNode('ConditioningZeroOut', { conditioning: ['6', 0] });
      graph[`i${i}`] = graphNode('ImageInvert', { image: ['8', 0] });
    }
    expect(codes(graph)).toEqual([]);
  });
});

describe('steps', () => {
  const custom = (samplers: number, steps: number): Workflow => {
    const graph = textToImage();
    graph['sigmas'] = graphNode('BasicScheduler', {
      model: ['4', 0],
      scheduler: 'beta',
      steps,
      denoise: 1,
    });
    graph['half'] = graphNode('SplitSigmas', { sigmas: ['sigmas', 0], step: 2 });
    for (let i = 0; i < samplers; i += 1) {
      graph[`s${i}`] = graphNode('SamplerCustom', {
        model: ['4', 0],
        positive: ['6', 0],
        negative: ['7', 0],
        sigmas: ['half', 1],
        latent_image: i === 0 ? ['5', 0] : [`s${i - 1}`, 0],
      });
    }
    return graph;
  };

  it('count for each sampler that shares a scheduler', () => {
    expect(codes(custom(5, 40))).toEqual([]);
    expect(codes(custom(6, 40))).toEqual(['too-many-steps']);
    expect(codes(custom(0, 249))).toEqual([]);
  });

  it('count for each item of a list', () => {
    const graph = textToImage();
    graph['5']!.inputs['batch_size'] = 16;
    graph['list'] = graphNode('RebatchLatents', { latents: ['5', 0], batch_size: 1 });
    graph['3']!.inputs['latent_image'] = ['list', 0];
    expect(codes(graph, everything)).toContain('too-many-steps');
  });

  it('weigh as much as their conditions and pixels', () => {
    const graph = textToImage();
    Object.assign(graph['3']!.inputs, { steps: 250 });
    Object.assign(graph['5']!.inputs, { width: 4096, height: 4096 });
    expect(codes(graph)).toEqual([]);
    let last: InputValue = ['6', 0];
    for (let i = 0; i < 5; i += 1) {
      graph[`c${i}`] = graphNode('ConditioningCombine', {
        conditioning_1: last,
        conditioning_2: last,
      });
      last = [`c${i}`, 0];
    }
    graph['3']!.inputs['positive'] = last;
    expect(codes(graph)).toEqual(['too-much-work']);
  });
});

describe('a refusal', () => {
  it('says how to allow it, and that works', () => {
    const graph = textToImage({ '20': graphNode('LoadImage', { image: 'a.png' }) });
    graph['3']!.inputs['steps'] = 300;
    const told = checkPolicy(graph).map(({ message }) => message);
    expect(told).toEqual([
      expect.stringContaining('createPolicy({ classes: [...defaultPolicy.classes, "LoadImage"] })'),
      expect.stringContaining('createPolicy({ maxSteps: 300 })'),
    ]);
    const classes = [...defaultPolicy.classes, 'LoadImage'];
    expect(checkPolicy(graph, createPolicy({ classes, maxSteps: 300 }))).toEqual([]);
  });

  it('is quick for long and winding graphs', () => {
    const graph = doubled(
      5000,
      ['6', 0],
      (last) => ['ConditioningAverage', { conditioning_to: last, conditioning_from: last }],
      () => ['3', 'positive'],
    );
    expect(codes(graph)).toEqual(['too-many-nodes']);
    graph['d0']!.inputs['conditioning_to'] = ['d4999', 0];
    expect(codes(graph)).toEqual(['too-many-nodes']);
  });
});

describe('the table, beside the catalogue of core classes', () => {
  const inputsOf = (name: string) => {
    const { required, optional } = coreCatalogue[name]?.input ?? {};
    return Object.entries({ ...required, ...optional });
  };
  // They take several, and give no more than the largest.
  const EVEN =
    /^(ControlNet|Conditioning(Average|StableAudio)|Image(Blend|CompositeMasked|YUVToRGB)|ColorTransfer)/;
  const MIXES =
    /^(Latent(Add|Blend|Composite|CompositeMasked|Interpolate|Subtract)|ReplaceVideoLatentFrames|LTXVConcatAVLatent|SeedVR2PostProcessing|PorterDuffImageComposite|JsonExtractString|RegexExtract|SaveText)$/;

  it('names no class that is not there', () => {
    const unknown = [...GROWTH.keys(), ...SCHEDULERS].filter(
      (name) => !Object.hasOwn(coreCatalogue, name),
    );
    expect(unknown).toEqual([]);
  });

  it('has all that give noise levels by a number of steps', () => {
    const given = Object.entries(coreCatalogue).filter(
      ([name, { output }]) =>
        output?.includes('SIGMAS') && inputsOf(name).some(([input]) => input === 'steps'),
    );
    const missing = given
      .map(([name]) => name)
      .filter((name) => !SCHEDULERS.has(name) && !GROWTH.has(name));
    expect(missing).toEqual([]);
  });

  it.each(['IMAGE', 'LATENT', 'STRING'])('has all that put several %s together', (type) => {
    const several = Object.entries(coreCatalogue).filter(
      ([name, { output }]) =>
        output?.includes(type) &&
        inputsOf(name).filter(([, spec]) => (spec as unknown[])[0] === type).length > 1,
    );
    const missing = several
      .map(([name]) => name)
      .filter((name) => !GROWTH.has(name) && !EVEN.test(name) && !MIXES.test(name));
    expect(missing).toEqual([]);
  });

  it('has all that give lists of pictures or latents', () => {
    const lists = Object.entries(coreCatalogue).filter(([, { output, output_is_list }]) =>
      output_is_list?.some((isList, i) => isList && /IMAGE|LATENT/.test(String(output?.[i]))),
    );
    expect(lists.map(([name]) => name).filter((name) => !GROWTH.has(name))).toEqual([]);
  });
});
