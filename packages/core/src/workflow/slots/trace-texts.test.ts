import { describe, expect, it } from 'vitest';
import { graphNode as node, textToImage } from '../../../test/graphs.ts';
import { sampler, slotsOf } from '../../../test/slots-of.ts';
import type { Link, Workflow } from '../../spec/index.ts';
import { findSlots } from './find-slots.ts';

/** The usual graph with the sampler told otherwise. */
const told = (positive: Link, negative: Link, nodes: Workflow) =>
  textToImage({ '3': node('KSampler', { ...sampler, positive, negative }), ...nodes });
const sides = (graph: Workflow) => {
  const { prompt, negative } = slotsOf(graph);
  return { prompt, negative };
};
const found = (prompt: string, negative: string) => ({ prompt: [prompt], negative: [negative] });

describe('sides', () => {
  it.each([
    ['positive', 'negative', 1, 2],
    ['negative', 'positive', 0, 1],
    ['pos_cond', 'neg_cond', 2, 1],
    ['conditioning', 'uncond', 1, 0],
  ])('are told by the inputs %s and %s, not by outputs %i and %i', (left, right, first, second) => {
    const isSwapped = left === 'negative';
    const inputs = { model: ['4', 0] as Link, [left]: ['6', 0] as Link, [right]: ['7', 0] as Link };
    const graph = told(['20', first], ['20', second], { '20': node('Keep Likeness', inputs) });
    expect(sides(graph)).toEqual(isSwapped ? found('7.text', '6.text') : found('6.text', '7.text'));
  });

  it('come through pipes and contexts, that replace one side or none', () => {
    const graph = told(['23', 5], ['23', 6], {
      '20': node('ToPipe', { model: ['4', 0], positive: ['6', 0], negative: ['24', 0] }),
      '21': node('EditPipe', { basic_pipe: ['20', 0], negative: ['7', 0] }),
      '22': node('Context', { base_ctx: ['21', 0], seed: 5 }),
      '23': node('Context Big', { base_ctx: ['22', 0] }),
      '24': node('CLIPTextEncode', { text: 'grain', clip: ['4', 1] }),
    });
    expect(sides(graph)).toEqual(found('6.text', '7.text'));
  });

  it('come to a sampler that takes both in one link', () => {
    const graph = textToImage({
      '3': node('PipeSampler', { pipe: ['20', 0], seed: 5 }),
      '20': node('Loader With Texts', {
        ...{ ckpt_name: 'x.safetensors', positive: 'a mill', negative: 'rain', clip_skip: -1 },
        ...{ positive_weight_interpretation: 'comfy', empty_latent_width: 640 },
        ...{ empty_latent_height: 480, batch_size: 1 },
      }),
    });
    expect(slotsOf(graph)).toEqual({
      ...found('20.positive', '20.negative'),
      seed: ['3.seed'],
      width: ['20.empty_latent_width'],
      height: ['20.empty_latent_height'],
      batchSize: ['20.batch_size'],
    });
  });

  it('are both read from the embeddings of a video pack', () => {
    const graph = textToImage({
      '3': node('FilmSampler', { text_embeds: ['20', 0], image_embeds: ['21', 0], seed: 5 }),
      '20': node('FilmTextEncode', {
        t5: ['4', 0],
        positive_prompt: ['22', 0],
        negative_prompt: 'x',
      }),
      '21': node('FilmEmptyEmbeds', { width: 832, height: 480, num_frames: 81 }),
      '22': node('Note', { note_text: 'a mill' }),
    });
    expect(slotsOf(graph)).toEqual({
      ...found('22.note_text', '20.negative_prompt'),
      ...{ seed: ['3.seed'], width: ['21.width'], height: ['21.height'], batchSize: [] },
    });
  });

  it('give a text to the negative where a guider has another prompt beside it', () => {
    const graph = textToImage({
      '3': node('SamplerCustomAdvanced', { guider: ['20', 0], noise: ['21', 0] }),
      '20': node('TwoPromptGuider', { cond1: ['6', 0], cond2: ['7', 0], negative: ['7', 0] }),
      '21': node('RandomNoise', { noise_seed: 5 }),
    });
    expect(sides(graph)).toEqual(found('6.text', '7.text'));
  });
});

describe('texts', () => {
  const encoded = (text: Link, nodes: Workflow) =>
    textToImage({ '6': node('CLIPTextEncode', { text, clip: ['4', 1] }), ...nodes });

  it.each([
    [{ text: 'a mill' }, 'text'],
    [{ String: 'a mill' }, 'String'],
    [{ phrase: 'mill' }, 'phrase'],
    [{ words_here: 'a mill', case: 'lower' }, 'words_here'],
    [{ prompt: 'mill', mode: 'plain', trailing: true }, 'prompt'],
    [{ positive: '', negate: 'no' }, 'positive'],
  ])('stand in nodes of any class: %o', (inputs, input) => {
    const graph = encoded(['20', 0], { '20': node('Some Text Box', inputs) });
    expect(sides(graph)).toEqual(found(`20.${input}`, '7.text'));
  });

  it('come through reroutes, switches, joins and nodes that show them', () => {
    const graph = encoded(['20', 0], {
      '20': node('ShowText', { text: ['21', 0], text_0: 'what was shown' }),
      '21': node('Reroute', { '': ['22', 0] }),
      '22': node('Text Switch', { select: 2, text1: ['23', 0], text2: ['24', 0] }),
      '23': node('Text Box', { text: 'a barn' }),
      '24': node('Joiner', { delimiter: ', ', text_a: 'masterpiece', text_b: ['25', 0] }),
      '25': node('Text Box', { text: 'a mill' }),
    });
    expect(sides(graph)).toEqual(found('25.text', '7.text'));
  });

  it('are taken apart from style, system and trigger words by name or title', () => {
    const title = (text: string, name: string) => ({
      ...node('Text Box', { text }),
      _meta: { title: name },
    });
    const graph = encoded(['20', 0], {
      '20': node('Concat', { text_a: ['21', 0], text_b: ['22', 0], text_c: ['23', 0] }),
      '21': title('you write prompts', 'System prompt'),
      '22': title('oil on canvas', 'Style'),
      '23': title('a mill', 'Subject'),
    });
    expect(sides(graph)).toEqual(found('23.text', '7.text'));
  });

  it('of an encoder that nobody knows are found beside links of any name', () => {
    const inputs = { brain: ['4', 1] as Link, phrase: 'a mill' };
    expect(sides(textToImage({ '6': node('Odd Encoder', inputs) }))).toEqual(
      found('6.phrase', '7.text'),
    );
    const labelled = told(['20', 0], ['7', 0], {
      '20': node('Relay', { anything: ['6', 0], label: 'here' }),
    });
    expect(sides(labelled)).toEqual(found('6.text', '7.text'));
  });

  it('on the way are not the source', () => {
    const graph = told(['20', 0], ['7', 0], {
      '20': node('LabelledBox', { conditioning_to: ['6', 0], clip: ['4', 1], text: 'boat', x: 0 }),
    });
    expect(sides(graph)).toEqual(found('6.text', '7.text'));
  });

  it('that ask what is in a picture are no prompt', () => {
    const graph = encoded(['20', 0], {
      '20': node('Describe', { image: ['21', 0], text_input: 'describe it', model: ['22', 0] }),
      '21': node('LoadImage', { image: 'a.png' }),
      '22': node('VisionLoader', { model: 'some vision model' }),
    });
    expect(sides(graph)).toEqual({ prompt: [], negative: ['7.text'] });
  });

  it('of wildcard nodes are written where they are drawn from and where they are kept', () => {
    const graph = encoded(['20', 0], {
      '20': node('Wildcards', {
        wildcard_text: 'a {mill|barn}',
        populated_text: 'a mill',
        seed: 1,
      }),
    });
    expect(sides(graph)['prompt']).toEqual(['20.wildcard_text', '20.populated_text']);
  });

  it('for several text encoders of one node are one prompt', () => {
    const graph = textToImage({
      '6': node('AnyEncoder', { clip: ['4', 1], clip_l: 'mill', t5xxl: 'a mill', guidance: 3 }),
    });
    expect(sides(graph)['prompt']).toEqual(['6.clip_l', '6.t5xxl']);
    graph['6']!.inputs['clip_l'] = '';
    expect(sides(graph)['prompt']).toEqual(['6.t5xxl']);
  });

  it('of nodes that draw by themselves are prompts, those of language models are not', () => {
    const graph: Workflow = {
      '1': node('PaidImage', {
        prompt: ['2', 0],
        negative_prompt: 'x',
        seed: 4,
        width: 640,
        height: 480,
      }),
      '2': node('Rewriter', { prompt: 'a mill', seed: 9 }),
      '3': node('SaveImage', { images: ['1', 0] }),
    };
    expect(slotsOf(graph)).toEqual({
      ...found('2.prompt', '1.negative_prompt'),
      ...{ seed: ['1.seed'], width: ['1.width'], height: ['1.height'], batchSize: [] },
    });
  });

  it('say with a token where the prompt goes', () => {
    const graph = textToImage();
    graph['6']!.inputs['text'] = 'oil, %prompt%, 8k';
    graph['7']!.inputs['text'] = '{{negative_prompt}}';
    expect(findSlots(graph)).toMatchObject({
      prompt: [{ node: '6', input: 'text', template: 'oil, {prompt}, 8k' }],
      negative: [{ node: '7', input: 'text', template: '{negative}' }],
    });
  });
});
