import { graphNode, textToImage } from '../graphs.ts';
import { basics, draw, wires } from './canvas.ts';
import { type ConvertCase, changed } from './cases.ts';

const base = textToImage();
const primitive = (id: number, values: unknown, mode = 0) =>
  draw(id, 'PrimitiveNode', {
    outputs: ['*'],
    values,
    mode,
    properties: { 'Run widget replace on values': false },
  });
const reroute = (id: number, type: string) =>
  draw(id, 'Reroute', { inputs: [':*'], outputs: [`:${type}`] });

/** Nodes that only the editor knows, and modes. */
export const editorCases: ConvertCase[] = [
  {
    name: 'a widget as an input: its link goes before its value',
    drawing: {
      nodes: basics([draw(10, 'PrimitiveInt', { values: [8, 'randomize'], outputs: ['INT'] })]),
      wires: wires([], ['10.0 > 3.steps!']),
    },
    expected: changed({ 3: { steps: ['10', 0] } }, { 10: graphNode('PrimitiveInt', { value: 8 }) }),
  },
  {
    name: 'a primitive’s value goes before the widget’s own',
    drawing: {
      nodes: basics([primitive(10, [123, 'randomize'])]),
      wires: wires([], ['10.0 > 3.seed!']),
    },
    expected: changed({ 3: { seed: 123 } }),
  },
  {
    name: 'a primitive feeds two widgets, another a list with its filter',
    drawing: {
      nodes: basics([primitive(10, ['a tree']), primitive(11, ['karras', 'fixed', ''])]),
      wires: wires([], ['10.0 > 6.text!', '10.0 > 7.text!', '11.0 > 3.scheduler!']),
    },
    expected: changed({ 3: { scheduler: 'karras' }, 6: { text: 'a tree' }, 7: { text: 'a tree' } }),
  },
  {
    name: 'a muted primitive still gives its value',
    drawing: {
      nodes: basics([primitive(10, [123, 'fixed'], 2)]),
      wires: wires([], ['10.0 > 3.seed!']),
    },
    expected: changed({ 3: { seed: 123 } }),
    warnings: ['node-muted'],
  },
  {
    name: 'a primitive without a value leaves the widget’s own',
    drawing: { nodes: basics([primitive(10, [])]), wires: wires([], ['10.0 > 3.seed!']) },
    expected: base,
  },
  {
    name: 'reroute nodes, one behind the other',
    drawing: {
      nodes: basics([reroute(10, 'MODEL'), reroute(11, 'MODEL'), reroute(12, 'VAE')]),
      wires: wires(
        ['3.model', '8.vae'],
        ['4.0 > 10.', '10.0 > 11.', '11.0 > 3.model', '4.2 > 12.', '12.0 > 8.vae'],
      ),
    },
    expected: base,
  },
  {
    name: 'reroutes on links are drawing',
    drawing: {
      nodes: basics(),
      wires: wires(),
      more: {
        reroutes: [{ id: 1, pos: [0, 0], linkIds: [1] }],
        floatingLinks: [{ id: 50, origin_id: 4, origin_slot: 0, target_id: -1, target_slot: -1 }],
        extra: { reroutes: [{ id: 1, linkIds: [1] }], linkExtensions: [{ id: 1, parentId: 1 }] },
      },
    },
    expected: base,
  },
  {
    name: 'notes, frames and labels are drawing',
    drawing: {
      nodes: basics([
        draw(10, 'Note', { values: ['read me'] }),
        draw(11, 'MarkdownNote', { values: ['# read me'] }),
        draw(12, 'Label (rgthree)', {}),
      ]),
      wires: wires(),
      more: { groups: [{ title: 'all', bounding: [0, 0, 9, 9] }] },
    },
    expected: base,
  },
  {
    name: 'a muted output is left out',
    drawing: {
      nodes: basics([draw(10, 'PreviewImage', { mode: 2 })]),
      wires: wires([], ['8.0 > 10.images']),
    },
    expected: base,
    warnings: ['node-muted'],
  },
  {
    name: 'what a muted node feeds falls away, or to the widget’s own value',
    drawing: {
      nodes: basics([
        draw(10, 'PrimitiveInt', { mode: 2, values: [1, 'fixed'], outputs: ['INT'] }),
        draw(11, 'VAELoader', { mode: 2, values: ['x.safetensors'], outputs: ['VAE'] }),
        draw(12, 'ControlNetLoader', { values: ['net.safetensors'], outputs: ['CONTROL_NET'] }),
        draw(13, 'EmptyImage', { values: [64, 64, 1, 0], outputs: ['IMAGE'] }),
        draw(14, 'ControlNetApplyAdvanced', {
          values: [0.5, 0, 1],
          outputs: ['CONDITIONING', 'CONDITIONING'],
        }),
      ]),
      wires: wires(
        ['3.positive', '3.negative'],
        [
          ...['10.0 > 3.steps!', '6.0 > 14.positive', '7.0 > 14.negative', '12.0 > 14.control_net'],
          ...['13.0 > 14.image', '11.0 > 14.vae', '14.0 > 3.positive', '14.1 > 3.negative'],
        ],
      ),
    },
    expected: changed(
      { 3: { positive: ['14', 0], negative: ['14', 1] } },
      {
        12: graphNode('ControlNetLoader', { control_net_name: 'net.safetensors' }),
        13: graphNode('EmptyImage', { width: 64, height: 64, batch_size: 1, color: 0 }),
        14: graphNode('ControlNetApplyAdvanced', {
          strength: 0.5,
          start_percent: 0,
          end_percent: 1,
          positive: ['6', 0],
          negative: ['7', 0],
          control_net: ['12', 0],
          image: ['13', 0],
        }),
      },
    ),
    warnings: ['node-muted', 'link-dropped', 'link-dropped'],
  },
  {
    name: 'a bypassed node passes on what has the same place and type',
    drawing: {
      nodes: basics([
        draw(10, 'LoraLoader', {
          mode: 4,
          values: ['style.safetensors', 1, 1],
          inputs: ['model:MODEL', 'clip:CLIP'],
          outputs: ['MODEL', 'CLIP'],
        }),
      ]),
      wires: wires(
        ['3.model', '6.clip'],
        ['4.0 > 10.model', '4.1 > 10.clip', '10.0 > 3.model', '10.1 > 6.clip'],
      ),
    },
    expected: base,
    warnings: ['node-bypassed'],
  },
  {
    name: 'a bypassed node passes on the first input of the type',
    drawing: {
      nodes: basics([
        draw(10, 'UpscaleModelLoader', { values: ['up.pth'], outputs: ['UPSCALE_MODEL'] }),
        draw(11, 'ImageUpscaleWithModel', {
          mode: 4,
          inputs: ['upscale_model:UPSCALE_MODEL', 'image:IMAGE'],
          outputs: ['IMAGE'],
        }),
      ]),
      wires: wires(['9.images'], ['10.0 > 11.upscale_model', '8.0 > 11.image', '11.0 > 9.images']),
    },
    expected: { ...base, 10: graphNode('UpscaleModelLoader', { model_name: 'up.pth' }) },
    warnings: ['node-bypassed'],
  },
  {
    name: 'bypassed nodes one behind the other, with a reroute between them',
    drawing: {
      nodes: basics([
        draw(10, 'LatentUpscale', {
          mode: 4,
          values: ['area', 64, 64, 'disabled'],
          inputs: ['samples:LATENT'],
          outputs: ['LATENT'],
        }),
        reroute(11, 'LATENT'),
        draw(12, 'RepeatLatentBatch', {
          mode: 4,
          values: [2],
          inputs: ['samples:LATENT', 'amount!:INT'],
          outputs: ['LATENT'],
        }),
      ]),
      wires: wires(
        ['3.latent_image'],
        ['5.0 > 10.samples', '10.0 > 11.', '11.0 > 12.samples', '12.0 > 3.latent_image'],
      ),
    },
    expected: base,
    warnings: ['node-bypassed'],
  },
  {
    name: 'a bypassed node without an input of the type passes nothing on',
    drawing: {
      nodes: basics([
        draw(10, 'VAELoader', { mode: 4, values: ['x.safetensors'], outputs: ['VAE'] }),
        draw(11, 'EmptyImage', { values: [64, 64, 1, 0], outputs: ['IMAGE'] }),
        draw(12, 'TextEncodeQwenImageEdit', { values: ['a fox'], outputs: ['CONDITIONING'] }),
      ]),
      wires: wires(
        ['3.positive'],
        ['4.1 > 12.clip', '10.0 > 12.vae', '11.0 > 12.image', '12.0 > 3.positive'],
      ),
    },
    expected: changed(
      { 3: { positive: ['12', 0] } },
      {
        11: graphNode('EmptyImage', { width: 64, height: 64, batch_size: 1, color: 0 }),
        12: graphNode('TextEncodeQwenImageEdit', {
          prompt: 'a fox',
          clip: ['4', 1],
          image: ['11', 0],
        }),
      },
    ),
    warnings: ['node-bypassed', 'link-dropped'],
  },
  {
    name: 'Set and Get',
    drawing: {
      nodes: basics([
        draw(10, 'SetNode', { values: ['the vae'], inputs: ['VAE:VAE'], outputs: ['*'] }),
        draw(11, 'GetNode', { values: ['the vae'], outputs: ['VAE'] }),
        draw(12, 'SetNode', { values: ['other'], inputs: ['MODEL:MODEL'], outputs: ['*'] }),
      ]),
      wires: wires(
        ['8.vae', '3.model'],
        ['4.2 > 10.VAE', '11.0 > 8.vae', '4.0 > 12.MODEL', '12.0 > 3.model'],
      ),
    },
    expected: base,
  },
  {
    name: 'the class is named in a property',
    drawing: {
      nodes: basics([
        draw(8, 'VAEDecode (old)', {
          properties: { 'Node name for S&R': 'VAEDecode' },
          inputs: ['samples:LATENT', 'vae:VAE'],
          outputs: ['IMAGE'],
        }),
      ]),
      wires: wires(),
    },
    expected: base,
    warnings: ['class-renamed'],
  },
  {
    name: 'inputs that the class does not have fall away',
    drawing: {
      nodes: basics(),
      wires: wires([], ['6.0 > 8.mystery', '4.0 > 9.images2']),
    },
    expected: base,
    warnings: ['input-dropped', 'input-dropped'],
  },
];
