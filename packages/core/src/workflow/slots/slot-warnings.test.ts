import { describe, expect, it } from 'vitest';
import { graphNode as node, textToImage } from '../../../test/graphs.ts';
import { sampler, slotsOf } from '../../../test/slots-of.ts';
import { defineFlow } from '../../library/define-flow.ts';
import type { Brief } from '../../spec/index.ts';
import { bindWorkflow } from '../bind.ts';
import { slotWarnings } from './slot-warnings.ts';

const brief = { prompt: 'a fox', seed: 1, limits: {}, options: {} } as unknown as Brief;

/** Two texts, the second for a corner of the picture. */
const composed = textToImage({
  '3': node('KSampler', { ...sampler, positive: ['22', 0] }),
  '20': node('CLIPTextEncode', { text: 'a moon', clip: ['4', 1] }),
  '21': node('SetCorner', { conditioning: ['20', 0], x: 0, y: 0, width: 64, height: 64 }),
  '22': node('Combine', { conditioning_1: ['21', 0], conditioning_2: ['6', 0] }),
});

describe('slotWarnings', () => {
  it('has nothing to say of a graph with one text a side', () =>
    expect(slotWarnings(textToImage())).toEqual([]));

  it('names the texts that are told beside the prompt, which stay', () => {
    const { workflow, warnings } = bindWorkflow(
      composed,
      defineFlow({ id: 'a', workflow: composed }).slots,
      brief,
    );
    expect(workflow['6']!.inputs['text']).toBe('a fox');
    expect(workflow['20']!.inputs['text']).toBe('a moon');
    expect(warnings).toMatchObject([
      { code: 'texts-kept', details: { slot: 'prompt', texts: [{ node: '20', input: 'text' }] } },
    ]);
    expect(warnings[0]!.message).toMatch(
      /Only 6\.text takes the prompt.*20\.text.*"a moon".*flow\.json/,
    );
  });

  it('is silent where somebody stated the slots, even those that reading finds', () => {
    for (const stated of ['6', '20']) {
      const slots = { prompt: [{ node: stated, input: 'text' }] };
      const flow = defineFlow({ id: 'a', workflow: composed, slots });
      expect(slotWarnings(flow.workflow, flow.slots)).toEqual([]);
    }
  });

  it('fills all of equal texts, and a later pass with a text of its own is kept', () => {
    const graph = textToImage({
      '2': node('FaceFixer', { image: ['8', 0], positive: ['20', 0], negative: ['7', 0], seed: 2 }),
      '20': node('CLIPTextEncode', { text: 'a face', clip: ['4', 1] }),
    });
    expect(slotsOf(graph)['prompt']).toEqual(['6.text']);
    expect(slotWarnings(graph)).toMatchObject([{ details: { texts: [{ node: '20' }] } }]);
    graph['20']!.inputs['text'] = 'a house';
    expect(slotsOf(graph)['prompt']).toEqual(['6.text', '20.text']);
    expect(slotWarnings(graph)).toEqual([]);
  });

  it('speaks of the negative where one is written', () => {
    const graph = textToImage({
      '2': node('FaceFixer', { image: ['8', 0], positive: ['6', 0], negative: ['20', 0], seed: 2 }),
      '20': node('CLIPTextEncode', { text: 'two faces', clip: ['4', 1] }),
    });
    const { slots } = defineFlow({ id: 'a', workflow: graph });
    expect(bindWorkflow(graph, slots, brief).warnings).toEqual([]);
    const { warnings } = bindWorkflow(graph, slots, { ...brief, negative: 'fog' });
    expect(warnings).toMatchObject([{ code: 'texts-kept', details: { slot: 'negative' } }]);
  });

  it('names what could be the prompt where nothing is', () => {
    const graph = textToImage({
      '3': node('Unheard', { a: ['6', 0], b: ['7', 0] }),
    });
    const [warning] = slotWarnings(graph);
    expect(warning).toMatchObject({ code: 'no-prompt-slot', details: { slot: 'prompt' } });
    expect(warning!.message).toContain('6.text of CLIPTextEncode ("a house"), 7.text');
    const flow = defineFlow({ id: 'a', workflow: graph });
    expect(() => bindWorkflow(graph, flow.slots, brief)).toThrow(/6\.text of CLIPTextEncode/);
    const slots = { prompt: [{ node: '6', input: 'text' }] };
    const settled = defineFlow({ id: 'a', workflow: graph, slots });
    expect(bindWorkflow(graph, settled.slots, brief).workflow['6']!.inputs['text']).toBe('a fox');
  });
});

describe('placeholders', () => {
  it('that the brief gives nothing for do not reach a server', () => {
    const graph = textToImage({
      '3': node('KSampler', { ...sampler, seed: '%seed%' }),
      '5': node('EmptyLatentImage', {
        width: '%width%',
        height: '%height%',
        batch_size: '%count%',
      }),
      '6': node('CLIPTextEncode', { text: 'oil, %prompt%', clip: ['4', 1] }),
      '7': node('CLIPTextEncode', { text: 'fog, %negative_prompt%', clip: ['4', 1] }),
    });
    const { slots } = defineFlow({ id: 'a', workflow: graph });
    const { workflow, warnings } = bindWorkflow(graph, slots, { ...brief, height: 640 });
    expect(JSON.stringify(workflow)).not.toContain('%');
    expect(workflow['5']!.inputs).toEqual({ width: 1024, height: 640, batch_size: 1 });
    expect([workflow['6']!.inputs['text'], workflow['7']!.inputs['text']]).toEqual([
      'oil, a fox',
      'fog',
    ]);
    expect(warnings.map(({ code }) => code)).toEqual(['size-defaulted']);
  });
});
