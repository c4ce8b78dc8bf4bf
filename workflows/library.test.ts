import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Flow, NodeCatalogue } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { validateWorkflow } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { describe, expect, it } from 'vitest';
import { withFlowList } from './flow-list.ts';
import { workflowsUrl } from './index.js';
import { TAGS } from './vocabulary.ts';

const flows = await loadFlows(workflowsUrl);
const each = flows.map((flow): [string, Flow] => [flow.id, flow]);
const emoji = flows.filter((flow) => flow.baseModel === 'emoji');

/** What a real ComfyUI 0.33.0 answered; not in the repository. */
const recorded = new URL('../../shared/data/comfyui/object_info.v0.33.0.json', import.meta.url);
const hasRecording = existsSync(recorded);
if (!hasRecording) console.warn('SKIPPED: flows against a recorded object_info: it is not here.');

/** The verdict on a graph; model files depend on what is installed and are left out. */
function verdict(flow: Flow, catalogue: NodeCatalogue, complete: boolean) {
  const options = { ignoreModelFiles: true, complete };
  const { serverAccepts, safe, issues } = validateWorkflow(flow.workflow, catalogue, options);
  // Whether a picture is there is known once a brief has brought it.
  const brought = Object.values(flow.slots.pictures ?? {}).flat();
  const isBrought = ({ code, nodeId, input }: (typeof issues)[number]) =>
    code === 'custom-validator' &&
    brought.some((ref) => ref.node === nodeId && ref.input === input);
  const faults = issues.filter((one) => one.code !== 'missing-model' && !isBrought(one));
  const accepts = issues.some(isBrought) && serverAccepts === 'unknown' ? 'yes' : serverAccepts;
  return { serverAccepts: accepts, safe, faults };
}
const SOUND = { serverAccepts: 'yes', safe: true, faults: [] };

it('reads without leaving a file out', () => {
  expect(flows.skipped).toEqual([]);
  expect(emoji.length).toBeGreaterThanOrEqual(13);
  expect(flows.length - emoji.length).toBeGreaterThanOrEqual(15);
});

it('says for each emoji flow that takes a size which ones it draws well, its own among them', () => {
  for (const { id, slots, sizes, workflow } of emoji) {
    const [width, height] = [slots.width[0], slots.height[0]];
    if (width === undefined || height === undefined) continue;
    const own = [width, height].map(({ node, input }) => workflow[node]?.inputs[input]);
    expect(sizes?.best, id).toContainEqual(own);
    expect(sizes?.maxPixels, id).toBeGreaterThanOrEqual(Number(own[0]) * Number(own[1]));
  }
});

describe.each(each)('%s', (_, flow) => {
  it('says what it is', () => {
    expect(flow.title.length).toBeGreaterThan(3);
    expect(flow.description).toMatch(/^[A-ZÀ-Ž].*\.$/);
    expect(flow.baseModel).not.toBeNull();
    expect(flow.cost.relative).toBeGreaterThan(0);
    expect(flow.tags.length).toBeGreaterThan(0);
    expect(flow.tags.filter((tag) => !TAGS.includes(tag))).toEqual([]);
    expect(new Set(flow.tags).size).toBe(flow.tags.length);
  });

  it('takes a prompt and a seed', () => {
    expect(flow.slots.prompt.length).toBeGreaterThan(0);
    expect(flow.slots.seed.length).toBeGreaterThan(0);
  });

  it('says which pictures it needs, where it takes some', () => {
    expect(flow.needs.pictures ?? []).toEqual(Object.keys(flow.slots.pictures ?? {}));
  });

  it('states each model file of its graph, and no other', () => {
    const { components } = flow;
    const named = [
      ...components.checkpoints,
      ...components.diffusionModels,
      ...components.textEncoders,
      ...components.loras.map((lora) => lora.file),
      ...components.vaes,
      ...components.upscalers,
      ...Object.values(flow.workflow).flatMap(({ inputs }) => inputs['control_net_name'] ?? []),
    ];
    const stated = readFileSync(new URL(`./${flow.id}/flow.json`, import.meta.url), 'utf8');
    const files = (JSON.parse(stated) as { models: { file: string }[] }).models.map(
      ({ file }) => file,
    );
    expect([...new Set(files)].sort()).toEqual([...new Set(named)].sort());
  });

  it('has a source for each fact about a model', () => {
    for (const model of flow.models) {
      expect(`${model.url}`, 'a file, not a page').not.toMatch(/\/blob\/|\/tree\/|\/[^./]+$/);
      const known = [model.licence, model.commercialUse, model.url, model.sizeBytes];
      if (known.some((fact) => fact !== null)) expect(model.source).toMatch(/^https:\/\//);
    }
  });

  it('is a graph that a server with the core nodes accepts', () => {
    expect(verdict(flow, coreCatalogue, false)).toEqual(SOUND);
  });

  it.skipIf(!hasRecording)('is a graph that the real ComfyUI 0.33.0 accepts', () => {
    const catalogue = JSON.parse(readFileSync(recorded, 'utf8')) as NodeCatalogue;
    expect(verdict(flow, catalogue, true)).toEqual(SOUND);
  });

  it('says where it comes from and how far it was checked', () => {
    const { author, licence, verified, verifiedWith } = flow.provenance;
    expect([author, licence]).toEqual(['comfygen', 'MIT']);
    // Those for the embedded executor are run by a test of their own.
    const how = emoji.includes(flow)
      ? ['run', '@comfygen/embedded 0.1.0']
      : ['object_info', 'ComfyUI 0.33.0'];
    expect([verified, verifiedWith]).toEqual(how);
  });

  it('titles its nodes, and saves under one prefix', () => {
    for (const node of Object.values(flow.workflow)) {
      expect(node._meta?.title).toMatch(/\S/);
      if (node.class_type === 'SaveImage') expect(node.inputs['filename_prefix']).toBe('comfygen');
    }
  });
});

it('has flows for each way to use a picture', () => {
  const uses = new Set(flows.flatMap((flow) => flow.needs.pictures?.join(' and ') ?? []));
  expect([...uses].sort()).toEqual(['control', 'image', 'image and mask']);
  const controls = flows.filter((flow) => flow.needs.pictures?.includes('control'));
  expect(controls.length).toBeGreaterThanOrEqual(2);
});

it('covers every published family that it promises', () => {
  const families = new Set(flows.map((flow) => flow.baseModel));
  const promised = ['sd15', 'sdxl', 'sdxl-turbo', 'sdxl-lightning', 'ssd-1b', 'pixart-sigma'];
  promised.push('stable-cascade', 'sd3.5', 'flux', 'qwen-image', 'z-image', 'emoji');
  expect(promised.filter((family) => !families.has(family))).toEqual([]);
});

it('uses every tag of its vocabulary', () => {
  const used = new Set(flows.flatMap((flow) => flow.tags));
  expect(TAGS.filter((tag) => !used.has(tag))).toEqual([]);
});

it('states the same facts of one file everywhere', () => {
  const facts = new Map<string, string>();
  for (const model of flows.flatMap((flow) => flow.models)) {
    const key = `${model.folder}/${model.file}`;
    expect(JSON.stringify(model)).toBe(facts.get(key) ?? JSON.stringify(model));
    facts.set(key, JSON.stringify(model));
  }
});

it('has its list in the README', async () => {
  const path = fileURLToPath(new URL('./README.md', import.meta.url));
  const readme = withFlowList(readFileSync(path, 'utf8'), flows);
  await expect(readme).toMatchFileSnapshot('./README.md');
});
