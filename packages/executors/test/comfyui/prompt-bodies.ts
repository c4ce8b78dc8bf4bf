import type { Workflow } from 'comfygen/workflow';

/** A graph of core classes without models, in which each case changes one thing. */
function graph(): Record<string, unknown> & Workflow {
  return {
    blank: {
      class_type: 'EmptyImage',
      inputs: { width: 64, height: 64, batch_size: 1, color: 255 },
    },
    blend: {
      class_type: 'ImageBlend',
      inputs: {
        ...{ image1: ['blank', 0], image2: ['blank', 0] },
        ...{ blend_factor: 0.5, blend_mode: 'normal' },
      },
    },
    scale: {
      class_type: 'ImageScale',
      inputs: {
        ...{ image: ['blend', 0], upscale_method: 'bilinear', crop: 'disabled' },
        ...{ width: 64, height: 64 },
      },
    },
    save: {
      class_type: 'SaveImage',
      inputs: { images: ['scale', 0], filename_prefix: 'comfygen-live' },
    },
  };
}

/** The graph with nodes in place of its own, or beside them. */
const nodes = (changed: Record<string, unknown>) => ({ ...graph(), ...changed });

/** The graph with inputs in place of a node's own; `undefined` takes one away. */
function inputs(id: string, changed: Record<string, unknown>) {
  const all = graph();
  Object.assign(all[id]!.inputs, changed);
  return all;
}

const preview = { class_type: 'PreviewImage', inputs: { images: ['scale', 0] } };
const badPreview = { class_type: 'PreviewImage', inputs: {} };
const mask = { class_type: 'SolidMask', inputs: { value: 1, width: 64, height: 64 } };
const resize = (more: Record<string, unknown>) =>
  nodes({
    scale: {
      class_type: 'ResizeImageMaskNode',
      inputs: { input: ['blank', 0], scale_method: 'area', ...more },
    },
  });
const batch = (more: Record<string, unknown>) =>
  nodes({ scale: { class_type: 'BatchImagesNode', inputs: more } });
const sampler = (more: Record<string, unknown>) =>
  nodes({ scale: { class_type: 'KSamplerSelect', inputs: more } });
const flag = (grow: unknown) =>
  nodes({
    scale: {
      class_type: 'GrowMask',
      inputs: { mask: ['mask', 0], expand: 1, tapered_corners: grow },
    },
    mask,
    view: { class_type: 'MaskPreview', inputs: { mask: ['scale', 0] } },
    save: { class_type: 'MaskPreview', inputs: { mask: ['scale', 0] } },
  });

const ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

const each = (name: string, values: readonly unknown[], body: (value: unknown) => unknown) =>
  Object.fromEntries(values.map((value) => [`${name} ${JSON.stringify(value)}`, body(value)]));

const GRAPHS: Record<string, unknown> = {
  'as it should be': graph(),
  ...each('a prompt that is', [null, [], [1], 'text', 5, false, {}], (value) => value),
  'an editor’s file': { nodes: [], links: [], version: 0.4 },
  ...each(
    'a node that is',
    ['text', 'class_type', null, 5, [], ['class_type'], true, {}],
    (value) => nodes({ odd: value }),
  ),
  ...each('a class that is', [null, 5, 1.5, true, '', 'Nowhere', [], {}], (value) =>
    nodes({ odd: { class_type: value, inputs: {} } }),
  ),
  'an unhashable class without inputs': nodes({ odd: { class_type: [] } }),
  ...each('an unknown class with _meta', [{ title: 'My node' }, {}, null, 'x', []], (value) =>
    nodes({ odd: { class_type: 'Nowhere', inputs: {}, _meta: value } }),
  ),
  'a node without class, with a title': nodes({ odd: { inputs: {}, _meta: { title: 'My node' } } }),
  'two unknown classes': nodes({
    odd: { class_type: 'Nowhere', inputs: {} },
    other: { class_type: 'Elsewhere', inputs: {} },
  }),
  ...each('inputs that are', [null, [], 'text', 5, true, {}], (value) =>
    nodes({ scale: { class_type: 'ImageScale', inputs: value } }),
  ),
  'an output node without inputs': nodes({ save: { class_type: 'SaveImage' } }),
  'a node on the way without inputs': nodes({ scale: { class_type: 'ImageScale' } }),
  'a first node without inputs': nodes({
    blank: { class_type: 'EmptyImage' },
    scale: { class_type: 'ImageInvert', inputs: { image: ['blank', 0] } },
  }),
  'no output node': nodes({ save: graph()['blank'] }),
  'a node beside the graph with bad inputs': nodes({
    odd: { class_type: 'ImageScale', inputs: {} },
  }),
  ...each(
    'a link that is',
    [
      [],
      ['blend'],
      ['blend', 0, 0],
      ['gone', 0],
      ['blend', 1],
      ['blend', -1],
      ['blend', -2],
      ['blend', '0'],
      ['blend', null],
      ['blend', true],
      ['blend', false],
      ['blend', 0.5],
      ['blend', [0]],
      ['blend', {}],
      [5, 0],
      [null, 0],
      [true, 0],
      [1.5, 0],
      [['blend'], 0],
      [{}, 0],
      ['scale', 0],
    ],
    (value) => inputs('scale', { image: value }),
  ),
  'a link of the output node to nowhere': inputs('save', { images: ['gone', 0] }),
  'a link of the output node out of range': inputs('save', { images: ['scale', 7] }),
  'a circle of two': inputs('blend', { image1: ['scale', 0] }),
  'a circle behind a good output': nodes({
    preview: { class_type: 'PreviewImage', inputs: { images: ['blend', 0] } },
    scale: {
      class_type: 'ImageScale',
      inputs: { ...graph()['scale']!.inputs, image: ['scale', 0] },
    },
  }),
  'a mask for an image': { ...inputs('scale', { image: ['mask', 0] }), mask },
  'a picture for a width': inputs('scale', { width: ['blank', 0] }),
  'a text for a choice': {
    ...inputs('scale', { crop: ['text', 0] }),
    text: { class_type: 'PrimitiveString', inputs: { value: 'disabled' } },
  },
  'a text for a choice of a newer class': {
    ...inputs('blend', { blend_mode: ['text', 0] }),
    text: { class_type: 'PrimitiveString', inputs: { value: 'normal' } },
  },
  'a number for a number': {
    ...inputs('scale', { width: ['wide', 0] }),
    wide: { class_type: 'PrimitiveInt', inputs: { value: 64 } },
  },
  'a whole number for a fraction': {
    ...inputs('blend', { blend_factor: ['wide', 0] }),
    wide: { class_type: 'PrimitiveInt', inputs: { value: 1 } },
  },
  'a literal for an image': inputs('scale', { image: 'no image' }),
  'an undeclared text': inputs('scale', { extra: 'text' }),
  'an undeclared link': inputs('scale', { extra: ['blank', 0] }),
  'an undeclared link to its own node': inputs('scale', { extra: ['scale', 0] }),
  'an undeclared link that closes a circle': inputs('blend', { extra: ['scale', 0] }),
  'an undeclared list': inputs('scale', { extra: [1, 2, 3] }),
  'two outputs, one without its picture': nodes({ preview: badPreview }),
  'two outputs behind one fault': { ...inputs('blank', { width: 0 }), preview },
  'two faults on one way': { ...inputs('blank', { width: 0, color: -1 }), preview },
  'faults at two nodes': nodes({
    blank: { class_type: 'EmptyImage', inputs: { ...graph()['blank']!.inputs, width: 0 } },
    save: { class_type: 'SaveImage', inputs: { images: ['scale', 0] } },
  }),
  ...each(
    'a whole number that is',
    [
      '64',
      ' 7 ',
      '1_0',
      '+5',
      '5.5',
      'abc',
      "it's",
      '',
      64.9,
      -0.5,
      null,
      {},
      { a: [1, null] },
      true,
      0,
      16_385,
      '0',
      { __value__: 64 },
      { __value__: [64, 64] },
      [64],
    ],
    (value) => inputs('blank', { width: value }),
  ),
  ...each(
    'a fraction that is',
    [
      '0.5',
      ' 1e0 ',
      '.5',
      'abc',
      '',
      null,
      {},
      [0.5],
      true,
      -1,
      1.5,
      '2',
      'inf',
      'nan',
      { __value__: 0.25 },
    ],
    (value) => inputs('blend', { blend_factor: value }),
  ),
  ...each('a text that is', [5, null, true, { a: 1 }, ['a'], ['a', 'b', 'c']], (value) =>
    inputs('save', { filename_prefix: value }),
  ),
  ...each('a switch that is', ['false', '', 0, 1, null, {}, [true]], flag),
  ...each(
    'a choice that is',
    ['nowhere', "it's", '', 5, 1.5, null, true, {}, { __value__: 'disabled' }, ['disabled']],
    (value) => inputs('scale', { crop: value }),
  ),
  ...each('a choice of a newer class that is', ['nowhere', 5, null, ['normal']], (value) =>
    inputs('blend', { blend_mode: value }),
  ),
  ...each('a choice of many that is', ['nowhere', null], (value) =>
    sampler({ sampler_name: value }),
  ),
  'no required input at all': nodes({ scale: { class_type: 'ImageScale', inputs: {} } }),
  ...each('a picture file that is', ['gone.png', '', 5], (value) =>
    nodes({ scale: { class_type: 'LoadImage', inputs: { image: value } } }),
  ),
  'no picture file': nodes({ scale: { class_type: 'LoadImage', inputs: {} } }),
  'no film file': nodes({
    film: { class_type: 'LoadVideo', inputs: {} },
    scale: { class_type: 'GetVideoComponents', inputs: { video: ['film', 0] } },
  }),
  'a film file that is not there': nodes({
    film: { class_type: 'LoadVideo', inputs: { file: 'gone.mp4' } },
    scale: { class_type: 'GetVideoComponents', inputs: { video: ['film', 0] } },
  }),
  'no latent file': nodes({ scale: { class_type: 'LoadLatent', inputs: {} } }),
  'a linked picture file': nodes({
    scale: { class_type: 'LoadImage', inputs: { image: ['text', 0] } },
    text: { class_type: 'PrimitiveString', inputs: { value: 'x.png' } },
  }),
  'a switch with no side': nodes({
    scale: { class_type: 'ComfySwitchNode', inputs: { switch: true } },
  }),
  'a switch with one side': nodes({
    scale: { class_type: 'ComfySwitchNode', inputs: { switch: true, on_true: ['blend', 0] } },
  }),
  'a switch without its key': nodes({ scale: { class_type: 'ComfySwitchNode', inputs: {} } }),
  'a choice of anything': nodes({
    text: { class_type: 'CustomCombo', inputs: { choice: 'nowhere' } },
    save: { class_type: 'PreviewAny', inputs: { source: ['text', 0] } },
  }),
  'a model file that is not there': nodes({
    scale: { class_type: 'VAEDecode', inputs: { samples: ['latent', 0], vae: ['vae', 0] } },
    latent: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
    vae: { class_type: 'VAELoader', inputs: { vae_name: 'gone.safetensors' } },
  }),
  'no key of a nested choice': resize({}),
  'a nested choice': resize({ resize_type: 'scale by multiplier', 'resize_type.multiplier': 1 }),
  'a nested choice without its input': resize({ resize_type: 'scale by multiplier' }),
  'a nested choice below its range': resize({
    ...{ resize_type: 'scale by multiplier', 'resize_type.multiplier': 0 },
  }),
  'an unknown key of a nested choice': resize({ resize_type: 'nowhere' }),
  'a list of pictures': batch({ 'images.image0': ['blank', 0], 'images.image1': ['blend', 0] }),
  'a list of pictures with none': batch({}),
  'a list of pictures with a mask': {
    ...batch({ 'images.image0': ['mask', 0], 'images.image1': ['blend', 0] }),
    mask,
  },
  'a list of pictures with a gap': batch({
    ...{ 'images.image0': ['blank', 0], 'images.image1': ['blend', 0] },
    'images.image5': ['blend', 0],
  }),
};

const withPrompt = (more: Record<string, unknown>) => ({ prompt: graph(), ...more });

const BODIES: Record<string, unknown> = {
  ...each(
    'a body that is',
    [[], 'text', 5, null, true, {}, ['prompt'], 'prompt'],
    (value) => value,
  ),
  ...each('a number that is', ['abc', '5', null, [], true, -1.5], (number) =>
    withPrompt({ number }),
  ),
  ...each(
    'an id that is',
    [null, 5, '', 'x', ID.toUpperCase(), ID.replaceAll('-', ''), `{${ID}}`, ID],
    (prompt_id) => withPrompt({ prompt_id }),
  ),
  ...each('a client that is', [null, 5], (client_id) => withPrompt({ client_id })),
  ...each('extra data that is', [null, [], 'text', 5, {}], (extra_data) =>
    withPrompt({ extra_data }),
  ),
  ...each('extra data with a client that is', [null, [], 'text', {}], (extra_data) =>
    withPrompt({ extra_data, client_id: 'me' }),
  ),
  ...each('extra data of a bad graph that is', [null, [], 'text'], (extra_data) => ({
    prompt: inputs('blank', { width: 0 }),
    extra_data,
  })),
  ...each('front that is', [true, false, null, 'yes'], (front) => withPrompt({ front })),
  ...each(
    'targets that are',
    [null, [], ['save'], ['blank'], ['gone'], 'save', { save: 1 }, 5, [5], true],
    (partial_execution_targets) => withPrompt({ partial_execution_targets }),
  ),
  'targets of which one is bad': {
    prompt: nodes({ preview: badPreview }),
    partial_execution_targets: ['save'],
  },
  'no prompt but an id': { prompt_id: 5 },
};

/** Bodies for `POST /prompt`, whole and broken, by what is special in them. None kills a server’s worker. */
export const PROMPT_BODIES: Readonly<Record<string, string>> = {
  nothing: '',
  'no JSON': '{"prompt":',
  ...Object.fromEntries(Object.entries(BODIES).map(([name, body]) => [name, JSON.stringify(body)])),
  ...Object.fromEntries(
    Object.entries(GRAPHS).map(([name, prompt]) => [name, JSON.stringify({ prompt })]),
  ),
};
