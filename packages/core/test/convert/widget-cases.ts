import { graphNode, textToImage } from '../graphs.ts';
import { basics, draw, wires } from './canvas.ts';
import { type ConvertCase, changed } from './cases.ts';

const base = textToImage();
const sampler = (values: unknown, more: Parameters<typeof draw>[2] = {}) =>
  draw(3, 'KSampler', {
    inputs: [
      'model:MODEL',
      'positive:CONDITIONING',
      'negative:CONDITIONING',
      'latent_image:LATENT',
    ],
    outputs: ['LATENT'],
    values,
    ...more,
  });
const encoder = (id: number, values: unknown, more: Parameters<typeof draw>[2] = {}) =>
  draw(id, 'CLIPTextEncode', { outputs: ['CONDITIONING'], values, ...more });
/** Widgets: names for listed values. */
export const widgetCases: ConvertCase[] = [
  { name: 'the usual graph', drawing: { nodes: basics(), wires: wires() }, expected: base },
  {
    name: 'the value behind a seed is the editor’s',
    drawing: {
      nodes: basics([sampler([77, 'fixed', 4, 1.5, 'lcm', 'karras', 0.5])]),
      wires: wires(),
    },
    expected: changed({
      3: { seed: 77, steps: 4, cfg: 1.5, sampler_name: 'lcm', scheduler: 'karras', denoise: 0.5 },
    }),
  },
  {
    name: 'a file of another tool has no value behind the seed',
    drawing: { nodes: basics([sampler([77, 4, 1.5, 'lcm', 'karras', 0.5])]), wires: wires() },
    expected: changed({
      3: { seed: 77, steps: 4, cfg: 1.5, sampler_name: 'lcm', scheduler: 'karras', denoise: 0.5 },
    }),
  },
  {
    name: 'the first files have a boolean behind the seed',
    drawing: {
      nodes: basics([sampler([77, true, 4, 1.5, 'lcm', 'karras', 0.5])]),
      wires: wires(),
    },
    expected: changed({
      3: { seed: 77, steps: 4, cfg: 1.5, sampler_name: 'lcm', scheduler: 'karras', denoise: 0.5 },
    }),
  },
  {
    name: 'a hole behind the seed',
    drawing: { nodes: basics([sampler([77, null, 4, 1.5, 'lcm', 'karras', 0.5])]), wires: wires() },
    expected: changed({
      3: { seed: 77, steps: 4, cfg: 1.5, sampler_name: 'lcm', scheduler: 'karras', denoise: 0.5 },
    }),
  },
  {
    name: 'noise_seed between other widgets',
    drawing: {
      nodes: basics([
        draw(3, 'KSamplerAdvanced', {
          outputs: ['LATENT'],
          values: ['enable', 9, 'increment', 25, 8, 'euler', 'normal', 0, 10000, 'disable'],
        }),
      ]),
      wires: wires(),
    },
    expected: {
      ...base,
      3: graphNode('KSamplerAdvanced', {
        add_noise: 'enable',
        noise_seed: 9,
        steps: 25,
        cfg: 8,
        sampler_name: 'euler',
        scheduler: 'normal',
        start_at_step: 0,
        end_at_step: 10000,
        return_with_leftover_noise: 'disable',
        model: ['4', 0],
        positive: ['6', 0],
        negative: ['7', 0],
        latent_image: ['5', 0],
      }),
    },
  },
  {
    name: 'values by name',
    drawing: {
      nodes: basics([
        sampler({
          cfg: 2,
          seed: 3,
          steps: 6,
          denoise: 1,
          sampler_name: 'heun',
          scheduler: 'simple',
        }),
      ]),
      wires: wires(),
    },
    expected: changed({
      3: { seed: 3, steps: 6, cfg: 2, sampler_name: 'heun', scheduler: 'simple' },
    }),
  },
  {
    name: 'values that are missing at the end are set by default',
    drawing: {
      nodes: basics([draw(5, 'EmptyLatentImage', { values: [640], outputs: ['LATENT'] })]),
      wires: wires(),
    },
    expected: changed({ 5: { width: 640, height: 512, batch_size: 1 } }),
    warnings: ['value-defaulted', 'value-defaulted'],
  },
  {
    name: 'no values at all',
    drawing: {
      nodes: basics([draw(10, 'KSamplerSelect', {}), draw(9, 'SaveImage', {})]),
      wires: wires(),
    },
    expected: changed(
      { 9: { filename_prefix: 'ComfyUI' } },
      {
        10: graphNode('KSamplerSelect', { sampler_name: 'euler' }),
      },
    ),
    warnings: ['value-defaulted', 'value-defaulted'],
  },
  {
    name: 'an upload button behind a picture',
    drawing: {
      nodes: [
        draw(1, 'LoadImage', { values: ['cat.png', 'image'], outputs: ['IMAGE', 'MASK'] }),
        draw(2, 'PreviewImage', {}),
      ],
      wires: ['1.0 > 2.images'],
    },
    expected: {
      1: graphNode('LoadImage', { image: 'cat.png' }),
      2: graphNode('PreviewImage', { images: ['1', 0] }),
    },
    answer: 'unknown',
  },
  {
    name: 'an upload button behind the last required widget',
    drawing: {
      nodes: [
        draw(1, 'LoadImageMask', { values: ['cat.png', 'red', 'image'], outputs: ['MASK'] }),
        draw(2, 'MaskToImage', { outputs: ['IMAGE'] }),
        draw(3, 'PreviewImage', {}),
      ],
      wires: ['1.0 > 2.mask', '2.0 > 3.images'],
    },
    expected: {
      1: graphNode('LoadImageMask', { image: 'cat.png', channel: 'red' }),
      2: graphNode('MaskToImage', { mask: ['1', 0] }),
      3: graphNode('PreviewImage', { images: ['2', 0] }),
    },
    answer: 'unknown',
  },
  {
    name: 'a dynamic list, with the widgets of its option',
    drawing: {
      nodes: basics([
        draw(9, 'SaveImageAdvanced', { values: ['shot', 'exr', '32-bit float', 'linear'] }),
      ]),
      wires: wires(),
    },
    expected: {
      ...base,
      9: graphNode('SaveImageAdvanced', {
        filename_prefix: 'shot',
        format: 'exr',
        'format.bit_depth': '32-bit float',
        'format.input_color_space': 'linear',
        images: ['8', 0],
      }),
    },
  },
  {
    name: 'a dynamic list before another widget, its members with sockets',
    drawing: {
      nodes: basics([
        draw(10, 'ResizeImageMaskNode', {
          values: ['scale dimensions', 256, 128, 'disabled', 'area'],
          inputs: [
            'input:IMAGE,MASK',
            'resize_type!:COMFY_DYNAMICCOMBO_V3',
            'resize_type.width!:INT',
          ],
          outputs: ['IMAGE'],
        }),
        draw(11, 'PrimitiveInt', { values: [300, 'fixed'], outputs: ['INT'] }),
      ]),
      wires: wires(
        ['9.images'],
        ['8.0 > 10.input', '11.0 > 10.resize_type.width!', '10.0 > 9.images'],
      ),
    },
    expected: changed(
      { 9: { images: ['10', 0] } },
      {
        10: graphNode('ResizeImageMaskNode', {
          resize_type: 'scale dimensions',
          'resize_type.width': ['11', 0],
          'resize_type.height': 128,
          'resize_type.crop': 'disabled',
          scale_method: 'area',
          input: ['8', 0],
        }),
        11: graphNode('PrimitiveInt', { value: 300 }),
      },
    ),
  },
  {
    name: 'a dynamic list in a dynamic list',
    drawing: {
      nodes: [
        draw(1, 'EmptyImage', { values: [64, 64, 2, 0], outputs: ['IMAGE'] }),
        draw(2, 'CreateVideo', { values: [24, 8], outputs: ['VIDEO'] }),
        draw(3, 'SaveVideo', { values: ['clip', 'mp4', 'h264', 're-encode', 20, 'sRGB', 'auto'] }),
      ],
      wires: ['1.0 > 2.images', '2.0 > 3.video'],
    },
    expected: {
      1: graphNode('EmptyImage', { width: 64, height: 64, batch_size: 2, color: 0 }),
      2: graphNode('CreateVideo', { fps: 24, bit_depth: 8, images: ['1', 0] }),
      3: graphNode('SaveVideo', {
        filename_prefix: 'clip',
        format: 'mp4',
        'format.codec': 'h264',
        'format.codec.encoding': 're-encode',
        'format.codec.encoding.crf': 20,
        'format.codec.encoding.color_space': 'sRGB',
        codec: 'auto',
        video: ['2', 0],
      }),
    },
  },
  {
    name: 'a growing group has sockets only',
    drawing: {
      nodes: [
        draw(1, 'EmptyImage', { values: [64, 64, 1, 0], outputs: ['IMAGE'] }),
        draw(2, 'BatchImagesNode', { outputs: ['IMAGE'] }),
        draw(3, 'PreviewImage', {}),
      ],
      wires: ['1.0 > 2.images.image0', '1.0 > 2.images.image1', '2.0 > 3.images'],
    },
    expected: {
      1: graphNode('EmptyImage', { width: 64, height: 64, batch_size: 1, color: 0 }),
      2: graphNode('BatchImagesNode', { 'images.image0': ['1', 0], 'images.image1': ['1', 0] }),
      3: graphNode('PreviewImage', { images: ['2', 0] }),
    },
  },
  {
    name: 'a growing group before a widget owns no value',
    drawing: {
      nodes: [
        draw(1, 'PrimitiveString', { values: ['cat'], outputs: ['STRING'] }),
        draw(2, 'StringFormat', { values: ['one {a}'], outputs: ['STRING'] }),
        draw(3, 'PreviewAny', {}),
      ],
      wires: ['1.0 > 2.values.a', '2.0 > 3.source'],
    },
    expected: {
      1: graphNode('PrimitiveString', { value: 'cat' }),
      2: graphNode('StringFormat', { f_string: 'one {a}', 'values.a': ['1', 0] }),
      3: graphNode('PreviewAny', { source: ['2', 0] }),
    },
  },
  {
    name: 'a list as a value is wrapped, and a curve says what it is',
    drawing: {
      nodes: [
        draw(1, 'CurveEditor', {
          values: [
            [
              [0, 0],
              [1, 0.5],
            ],
          ],
          outputs: ['CURVE'],
        }),
        draw(2, 'PreviewAny', {}),
      ],
      wires: ['1.0 > 2.source'],
    },
    expected: {
      1: graphNode('CurveEditor', {
        curve: {
          __type__: 'CURVE',
          __value__: [
            [0, 0],
            [1, 0.5],
          ],
        },
      }),
      2: graphNode('PreviewAny', { source: ['1', 0] }),
    },
  },
  {
    name: 'an object as a value, a colour as a value',
    drawing: {
      nodes: basics([
        draw(10, 'ImageCropV2', {
          values: [{ x: 8, y: 8, width: 64, height: 64 }, 8, 8, 64, 64],
          outputs: ['IMAGE'],
        }),
        draw(11, 'TextOverlay', {
          values: ['hi', 4, '#ff0000', 'top', 'left', false],
          outputs: ['IMAGE'],
        }),
      ]),
      wires: wires(['9.images'], ['8.0 > 10.image', '10.0 > 11.images', '11.0 > 9.images']),
    },
    expected: changed(
      { 9: { images: ['11', 0] } },
      {
        10: graphNode('ImageCropV2', {
          crop_region: { x: 8, y: 8, width: 64, height: 64 },
          image: ['8', 0],
        }),
        11: graphNode('TextOverlay', {
          text: 'hi',
          font_size: 4,
          color: '#ff0000',
          position: 'top',
          align: 'left',
          outline: false,
          images: ['10', 0],
        }),
      },
    ),
  },
  {
    name: 'sockets that match any type own no value',
    drawing: {
      nodes: basics([draw(10, 'ComfySwitchNode', { values: [true], outputs: ['CONDITIONING'] })]),
      wires: wires(['3.negative'], ['7.0 > 10.on_false', '6.0 > 10.on_true', '10.0 > 3.negative']),
    },
    expected: changed(
      { 3: { negative: ['10', 0] } },
      {
        10: graphNode('ComfySwitchNode', { switch: true, on_false: ['7', 0], on_true: ['6', 0] }),
      },
    ),
    answer: 'unknown',
  },
  {
    name: 'a choice in a prompt is made, a comment taken out',
    drawing: {
      nodes: basics([encoder(6, ['a {house} // not a hut\nby \\{night\\}/* or day */'])]),
      wires: wires(),
    },
    expected: changed({ 6: { text: 'a house \nby {night}' } }),
    warnings: ['choice-made'],
  },
  {
    name: 'tokens of a file name stay',
    drawing: {
      nodes: basics([draw(9, 'SaveImage', { values: ['%date:yyyy%/%KSampler.seed%'] })]),
      wires: wires(),
    },
    expected: changed({ 9: { filename_prefix: '%date:yyyy%/%KSampler.seed%' } }),
    warnings: ['token-kept'],
  },
];
