/** A node drawn for a test. */
export interface DrawnNode {
  id: number;
  type: string;
  values?: unknown;
  mode?: number;
  title?: string;
  inputs?: { name: string; type: string; link: number | null; widget?: { name: string } }[];
  outputs?: { name: string; type: string; links: number[] }[];
  properties?: Record<string, unknown>;
}

/** A node: its outputs by their types, and its inputs besides those that a wire adds (`seed!` is a widget's). */
export function draw(
  id: number,
  type: string,
  more: Omit<DrawnNode, 'id' | 'type' | 'inputs' | 'outputs'> & {
    inputs?: readonly string[];
    outputs?: readonly string[];
  } = {},
): DrawnNode {
  const { inputs = [], outputs = [], ...rest } = more;
  return {
    id,
    type,
    inputs: inputs.map((text) => ({ ...port(text), link: null })),
    outputs: outputs.map((text) => ({ ...port(text), links: [] })),
    ...rest,
  };
}

/** `IMAGE`, or `name:TYPE`; a name with `!` is that of a widget. */
function port(text: string) {
  const [name = '', type = name] = text.split(':');
  const plain = name.replace('!', '');
  const widget = name.includes('!') ? { widget: { name: plain } } : {};
  return { name: plain, type: type.replace('!', ''), ...widget };
}

/** A subgraph drawn for a test; wires from `in.0` and to `out.0` join its own inputs and outputs. */
export interface DrawnSubgraph {
  id: string;
  name?: string;
  inputs?: readonly string[];
  outputs?: readonly string[];
  nodes: DrawnNode[];
  wires: readonly string[];
  /** Definitions that stand inside this one. */
  subgraphs?: DrawnSubgraph[];
}

/** A whole file drawn for a test. */
export interface Drawing {
  nodes: DrawnNode[];
  /** `4.0 > 3.model`: output 0 of node 4 feeds input `model` of node 3; `> 3.seed!` a widget's input. */
  wires: readonly string[];
  subgraphs?: DrawnSubgraph[];
  /** More keys of the file. */
  more?: Record<string, unknown>;
}

interface Link {
  id: number;
  origin_id: number;
  origin_slot: number;
  target_id: number;
  target_slot: number;
  type: string;
}

/** The file that the editor would save, in version 0.4 or 1.0. */
export function save(drawing: Drawing, version: 0.4 | 1 = 0.4): Record<string, unknown> {
  const { nodes, links } = join(structuredClone(drawing.nodes), drawing.wires);
  const definitions = drawing.subgraphs && { subgraphs: drawing.subgraphs.map(saveSubgraph) };
  const state =
    version === 1
      ? { state: { lastNodeId: 99, lastLinkId: 99, lastGroupId: 0, lastRerouteId: 0 } }
      : { last_node_id: 99, last_link_id: 99 };
  const file = { ...state, nodes, groups: [], config: {}, extra: {}, version, ...drawing.more };
  const asList = ({ id, origin_id, origin_slot, target_id, target_slot, type }: Link) => [
    ...[id, origin_id, origin_slot, target_id, target_slot, type],
  ];
  return {
    ...file,
    links: version === 1 ? links : links.map(asList),
    ...(definitions && { definitions }),
  };
}

function saveSubgraph(drawn: DrawnSubgraph): Record<string, unknown> {
  const { id, name = 'Part', inputs = [], outputs = [], subgraphs } = drawn;
  const { nodes, links } = join(structuredClone(drawn.nodes), drawn.wires);
  const side = (texts: readonly string[], isOutput: boolean) =>
    texts.map((text, index) => ({
      id: `${id}-${isOutput}-${index}`,
      ...port(text),
      linkIds: links
        .filter((link) =>
          isOutput
            ? link.target_id === -20 && link.target_slot === index
            : link.origin_id === -10 && link.origin_slot === index,
        )
        .map((link) => link.id),
    }));
  return {
    ...{ id, version: 1, revision: 0, name, nodes, links, groups: [], widgets: [] },
    ...{ inputNode: { id: -10 }, outputNode: { id: -20 }, state: {} },
    inputs: side(inputs, false),
    outputs: side(outputs, true),
    ...(subgraphs && { definitions: { subgraphs: subgraphs.map(saveSubgraph) } }),
  };
}

function join(drawn: DrawnNode[], wires: readonly string[]): { nodes: unknown[]; links: Link[] } {
  const links: Link[] = [];
  const find = (id: string) => drawn.find((node) => String(node.id) === id);
  for (const [index, wire] of wires.entries()) {
    const [, from = '', slot = '', to = '', end = ''] =
      /^(\w+)\.(\d+) > (\w+)\.(.*)$/.exec(wire) ?? [];
    const output = find(from)?.outputs?.[Number(slot)];
    const target = find(to);
    const id = index + 1;
    output?.links.push(id);
    const type = output?.type ?? '*';
    const target_slot = target === undefined ? Number(end) : plug(target, end, type, id);
    links.push({
      ...{ id, origin_id: from === 'in' ? -10 : Number(from), origin_slot: Number(slot) },
      ...{ target_id: to === 'out' ? -20 : Number(to), target_slot, type },
    });
  }
  const nodes = drawn.map(({ values, mode = 0, properties = {}, ...node }) => {
    return {
      ...node,
      mode,
      properties,
      ...(values === undefined ? {} : { widgets_values: values }),
    };
  });
  return { nodes, links };
}

function plug(target: DrawnNode, end: string, type: string, link: number): number {
  const inputs = target.inputs ?? [];
  target.inputs = inputs;
  const { name, ...rest } = port(`${end}:${type}`);
  const found = inputs.find((input) => input.name === name);
  if (found) found.link = link;
  else inputs.push({ name, ...rest, link });
  return inputs.findIndex((input) => input.name === name);
}

/** Nodes of the usual text-to-image graph, as the editor keeps them; `replaced` replace some by their ids, or add. */
export function basics(replaced: readonly DrawnNode[] = []): DrawnNode[] {
  const nodes = [
    draw(4, 'CheckpointLoaderSimple', {
      values: ['base.safetensors'],
      outputs: ['MODEL', 'CLIP', 'VAE'],
    }),
    draw(5, 'EmptyLatentImage', { values: [512, 512, 1], outputs: ['LATENT'] }),
    draw(6, 'CLIPTextEncode', { values: ['a house'], outputs: ['CONDITIONING'] }),
    draw(7, 'CLIPTextEncode', { values: ['blurry'], outputs: ['CONDITIONING'] }),
    draw(3, 'KSampler', {
      values: [5, 'randomize', 20, 7.5, 'euler', 'normal', 1],
      inputs: [
        'model:MODEL',
        'positive:CONDITIONING',
        'negative:CONDITIONING',
        'latent_image:LATENT',
      ],
      outputs: ['LATENT'],
    }),
    draw(8, 'VAEDecode', { inputs: ['samples:LATENT', 'vae:VAE'], outputs: ['IMAGE'] }),
    draw(9, 'SaveImage', { values: ['comfygen'], inputs: ['images:IMAGE'] }),
  ];
  const ids = new Set(replaced.map(({ id }) => id));
  return [...nodes.filter(({ id }) => !ids.has(id)), ...replaced];
}

/** The wires of that graph, without those to the inputs in `cut` (`3.model`), and with more. */
export function wires(cut: readonly string[] = [], more: readonly string[] = []): string[] {
  const all = [
    '4.0 > 3.model',
    '6.0 > 3.positive',
    '7.0 > 3.negative',
    '5.0 > 3.latent_image',
    '4.1 > 6.clip',
    '4.1 > 7.clip',
    '3.0 > 8.samples',
    '4.2 > 8.vae',
    '8.0 > 9.images',
  ];
  const kept = all.filter((wire) => !cut.includes(wire.split(' > ')[1]!));
  return [...kept, ...more];
}
