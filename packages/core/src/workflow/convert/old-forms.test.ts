import { describe, expect, it } from 'vitest';
import { basics, draw, save, wires } from '../../../test/convert/canvas.ts';
import { textToImage } from '../../../test/graphs.ts';
import { coreCatalogue } from '../catalogue.ts';
import { diffWorkflows, formatDiff } from '../diff/diff-workflows.ts';
import { convertWorkflow } from './convert-workflow.ts';

const convert = (ui: object, catalogue = coreCatalogue) => {
  const { workflow, warnings } = convertWorkflow(ui, catalogue);
  return { workflow, codes: warnings.map(({ code }) => code), warnings };
};
const SAME = ['No difference.'];
/** The differences to the usual graph, node ids apart. */
const differs = (ui: object) => formatDiff(diffWorkflows(textToImage(), convert(ui).workflow));

describe('group nodes of old files', () => {
  const inner = (type: string, values: unknown, more: object = {}) => ({
    ...{ type, inputs: [], outputs: [], widgets_values: values, mode: 0, ...more },
  });
  const slot = (name: string, type: string, widget?: string) => ({
    ...{ name, type, link: 77, ...(widget === undefined ? {} : { widget: { name: widget } }) },
  });
  const encode = (text: string, more: object = {}) =>
    inner('CLIPTextEncode', [text], { inputs: [slot('clip', 'CLIP')], ...more });
  const groups = (name: string, nodes: object[], links: unknown[], more: object = {}) => ({
    extra: { groupNodes: { [name]: { nodes, links, external: [], ...more } } },
  });
  const without = (...ids: number[]) => basics().filter(({ id }) => !ids.includes(id));

  it('are opened up: two nodes of one class, named apart by their titles', () => {
    const nodes = [encode('old'), encode('older', { title: 'Not wanted' })];
    const ui = save({
      nodes: [
        ...without(6, 7),
        draw(20, 'workflow>Texts', {
          values: ['a house', 'blurry'],
          inputs: ['clip:CLIP', 'Not wanted clip:CLIP'],
          outputs: ['CONDITIONING', 'CONDITIONING'],
        }),
      ],
      wires: [
        ...wires(['3.positive', '3.negative', '6.clip', '7.clip']),
        ...['4.1 > 20.clip', '4.1 > 20.Not wanted clip', '20.0 > 3.positive', '20.1 > 3.negative'],
      ],
      more: groups('Texts', nodes, []),
    });
    expect(differs(ui)).toEqual(SAME);
    const { workflow } = convert(ui);
    expect(workflow['20:1']).toMatchObject({
      inputs: { text: 'blurry', clip: ['4', 1] },
      _meta: { title: 'Not wanted' },
    });
  });

  it('keep what is wired inside, a seed’s control beside it, and what leaves from the middle', () => {
    const latent = inner('EmptyLatentImage', [64, 64, 1], {
      outputs: [{ name: 'LATENT', type: 'LATENT' }],
    });
    const sampler = inner('KSampler', [1, 'fixed', 2, 3, 'lcm', 'simple', 0.5], {
      inputs: [
        'model:MODEL',
        'positive:CONDITIONING',
        'negative:CONDITIONING',
        'latent_image:LATENT',
      ].map((text) => slot(text.split(':')[0]!, text.split(':')[1]!)),
    });
    const decode = inner('VAEDecode', [], {
      inputs: [slot('samples', 'LATENT'), slot('vae', 'VAE')],
    });
    const links = [
      [0, 0, 1, 3, 5, 'LATENT'],
      [1, 0, 2, 0, 3, 'LATENT'],
    ];
    const ui = save({
      nodes: [
        ...without(3, 5, 8),
        draw(20, 'workflow/Make it', {
          values: [512, 512, 1, 5, 'randomize', 20, 7.5, 'euler', 'normal', 1],
          inputs: ['model:MODEL', 'positive:CONDITIONING', 'negative:CONDITIONING', 'vae:VAE'],
          outputs: ['LATENT', 'IMAGE'],
        }),
        draw(21, 'LatentUpscale', { mode: 2, inputs: ['samples:LATENT'] }),
      ],
      wires: [
        ...['4.1 > 6.clip', '4.1 > 7.clip', '4.0 > 20.model', '6.0 > 20.positive'],
        ...['7.0 > 20.negative', '4.2 > 20.vae', '20.1 > 9.images', '20.0 > 21.samples'],
      ],
      more: groups('Make it', [latent, sampler, decode], links, { external: [[1, 0, 'LATENT']] }),
    });
    expect(differs(ui)).toEqual(SAME);
  });

  it('take a primitive’s value, a widget that is an input, and a name that the file gives', () => {
    const primitive = inner('PrimitiveNode', [9, 'fixed'], {
      title: 'Side',
      outputs: [{ name: 'INT', type: 'INT' }],
    });
    const latent = inner('EmptyLatentImage', [1, 2, 1], {
      inputs: [slot('width', 'INT', 'width'), slot('height', 'INT', 'height')],
    });
    const config = { 1: { input: { batch_size: { name: 'how many' } } } };
    const ui = save({
      nodes: [
        ...without(5),
        draw(20, 'workflow>Room', {
          values: [512, 'fixed', 1],
          inputs: ['height!:INT'],
          outputs: ['LATENT'],
        }),
        draw(21, 'PrimitiveNode', { values: [512, 'fixed'], outputs: ['INT'] }),
      ],
      wires: [...wires(['3.latent_image'], ['21.0 > 20.height!', '20.0 > 3.latent_image'])],
      more: groups('Room', [primitive, latent], [[0, 0, 1, 0, 9, 'INT']], { config }),
    });
    expect(differs(ui)).toEqual(SAME);
  });

  it('of newer files list an input for each widget, and may be older than their classes', () => {
    const encoder = encode('old', {
      inputs: [slot('clip', 'CLIP'), slot('text', 'STRING', 'text')],
    });
    const guider = inner('DualCFGGuider', [3, 1.5], {
      inputs: [
        ...['model:MODEL', 'cond1:CONDITIONING', 'cond2:CONDITIONING', 'negative:CONDITIONING'].map(
          (text) => slot(text.split(':')[0]!, text.split(':')[1]!),
        ),
        ...[slot('cfg_conds', 'FLOAT', 'cfg_conds')],
        slot('cfg_cond2_negative', 'FLOAT', 'cfg_cond2_negative'),
      ],
    });
    const ui = save({
      nodes: [
        draw(4, 'CheckpointLoaderSimple', { values: ['base'], outputs: ['MODEL', 'CLIP'] }),
        draw(20, 'workflow>Guide', {
          values: ['a house', 5, 2],
          inputs: ['clip:CLIP', 'model:MODEL'],
        }),
      ],
      wires: ['4.1 > 20.clip', '4.0 > 20.model'],
      more: groups(
        'Guide',
        [encoder, guider],
        [1, 2, 3].map((input) => [0, 0, 1, input, 9, 'CONDITIONING']),
      ),
    });
    const { workflow } = convert(ui);
    expect(workflow['20:0']?.inputs).toMatchObject({ text: 'a house', clip: ['4', 1] });
    expect(workflow['20:1']?.inputs).toMatchObject({
      ...{ model: ['4', 0], cond1: ['20:0', 0], cfg_conds: 5, cfg_cond2_negative: 2 },
      style: 'regular',
    });
  });

  it('stand in one another, and in reroutes of their own', () => {
    const outer = inner('workflow>Texts', ['x'], { inputs: [slot('clip', 'CLIP')] });
    const reroute = inner('Reroute', [], {
      inputs: [slot('', '*')],
      outputs: [{ name: '', type: '*' }],
    });
    const more = {
      extra: {
        groupNodes: {
          Texts: { nodes: [encode('old')], links: [], external: [] },
          Round: {
            nodes: [outer, reroute],
            links: [[0, 0, 1, 0, 1, 'CONDITIONING']],
            external: [[1, 0, 'CONDITIONING']],
          },
        },
      },
    };
    const ui = save({
      nodes: [
        ...without(6),
        draw(20, 'workflow>Round', {
          values: ['a house'],
          inputs: ['clip:CLIP'],
          outputs: ['CONDITIONING'],
        }),
      ],
      wires: [...wires(['3.positive', '6.clip'], ['4.1 > 20.clip', '20.0 > 3.positive'])],
      more,
    });
    expect(differs(ui)).toEqual(SAME);
    expect(Object.keys(convert(ui).workflow)).toContain('20:0:0');
  });

  it('name the classes in them that the catalogue lacks', () => {
    const strange = inner('Strange Encode', ['x'], { inputs: [slot('clip', 'CLIP')] });
    const group = { inputs: ['clip:CLIP'], outputs: ['CONDITIONING'] };
    const ui = save({
      nodes: [...without(6), draw(20, 'workflow>Texts', group)],
      wires: wires(['3.positive', '6.clip'], ['4.1 > 20.clip', '20.0 > 3.positive']),
      more: groups('Texts', [strange], []),
    });
    expect(() => convert(ui)).toThrow(/lacks these classes: Strange Encode \(node 20:0\)/);
  });

  it('are refused where the file has another group of that name', () => {
    const ui = save({
      nodes: [
        ...basics(),
        draw(20, 'workflow>Texts', { inputs: ['mask:MASK', 'clip:CLIP'] }),
        draw(21, 'SolidMask', { values: [1, 8, 8], outputs: ['MASK'] }),
      ],
      wires: wires([], ['21.0 > 20.mask']),
      more: groups('Texts', [encode('old')], []),
    });
    expect(() => convert(ui)).toThrow(/Node 20 is the group node "Texts", which the file does not/);
  });
});

describe('what Use Everywhere sends', () => {
  const sender = () => draw(20, 'Anything Everywhere', { inputs: ['anything:MODEL'] });
  const send = (upstream: unknown, slot: number, downstream: unknown, input: number) => ({
    ...{ upstream, upstream_slot: slot, downstream, downstream_slot: input, controller: 20 },
  });
  const sent = (more?: object) =>
    save({
      nodes: basics([sender()]),
      wires: wires(['3.model'], ['4.0 > 20.anything']),
      ...(more && { more: { extra: more } }),
    });

  it('is linked as the file lists it, and the node that sends is left out', () => {
    const { codes, workflow } = convert(sent({ ue_links: [send('4', 0, 3, 0)] }));
    expect(workflow).toEqual(convert(save({ nodes: basics(), wires: wires() })).workflow);
    expect(codes).toEqual(['node-dropped']);
  });

  it('does not take the place of a link that is drawn', () => {
    const listed = { ue_links: [send(4, 0, 3, 0), send(7, 0, 3, 1), send(99, 0, 'x', 0), null] };
    expect(differs(sent(listed))).toEqual(SAME);
  });

  it('is refused without a list, with the node', () => {
    expect(() => convert(sent())).toThrow(
      /Node 20 \(Anything Everywhere\) sends values without links/,
    );
  });
});

describe('nodes that the catalogue lacks', () => {
  it('are left out with a warning where no link touches them', () => {
    const note = draw(20, 'Fancy Board', { values: ['read me'] });
    const { workflow, warnings } = convert(save({ nodes: basics([note]), wires: wires() }));
    expect(Object.keys(workflow)).not.toContain('20');
    expect(warnings).toMatchObject([{ code: 'node-dropped', details: { nodeId: '20' } }]);
  });

  it('are missing where one does, whatever its direction', () => {
    const sink = draw(20, 'Fancy Board', { inputs: ['in:IMAGE'] });
    const ui = save({ nodes: basics([sink]), wires: wires([], ['8.0 > 20.in']) });
    expect(() => convert(ui)).toThrow(expect.objectContaining({ code: 'MISSING_NODE' }));
  });

  it('are named with the node packs that the file notes', () => {
    const sink = (id: number, properties: object) =>
      draw(id, `Sink${id}`, { inputs: ['in:IMAGE'], properties: { ...properties } });
    const nodes = basics([sink(20, { cnr_id: 'fancy-pack' }), sink(21, { aux_id: 'me/pack' })]);
    const ui = save({ nodes, wires: wires([], ['8.0 > 20.in', '8.0 > 21.in']) });
    expect(() => convert(ui)).toThrow(
      'Sink20 (node 20 of fancy-pack); Sink21 (node 21 of me/pack).',
    );
  });
});

describe('modes', () => {
  it('of reroutes, Get and Set do not count', () => {
    const off = { mode: 2, inputs: [':*'], outputs: [':*'] };
    const reroute = draw(20, 'Reroute', off);
    const set = draw(21, 'SetNode', { ...off, values: ['m'] });
    const get = draw(22, 'GetNode', { mode: 2, outputs: [':*'], values: ['m'] });
    const nodes = basics([reroute, set, get]);
    expect(
      differs(save({ nodes, wires: wires(['3.model'], ['4.0 > 20.', '20.0 > 3.model']) })),
    ).toEqual(SAME);
    expect(
      differs(save({ nodes, wires: wires(['3.model'], ['4.0 > 21.', '22.0 > 3.model']) })),
    ).toEqual(SAME);
  });
});

describe('a graph whose outputs can’t run', () => {
  it('is refused with the inputs that lack a link, and why', () => {
    const open = save({ nodes: basics(), wires: wires(['3.model']) });
    expect(() => convert(open)).toThrow(
      'No output can run: Node 3 (KSampler).model: nothing is linked to this input, which it needs.',
    );
    const muted = basics().map((node) => (node.id === 4 ? { ...node, mode: 2 } : node));
    expect(() => convert(save({ nodes: muted, wires: wires() }))).toThrow(
      /Node 6 .*clip: node 4 .*is muted/,
    );
  });

  it('leaves with a warning where another output runs', () => {
    const preview = draw(20, 'PreviewImage', { inputs: ['images:IMAGE'] });
    const { codes } = convert(save({ nodes: basics([preview]), wires: wires() }));
    expect(codes).toEqual(['link-missing']);
  });
});
