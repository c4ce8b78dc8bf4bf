import type { Flow, Inventory, ModelRequirement } from '../spec/index.ts';
import { keptClass } from '../workflow/save-websocket.ts';
import type { FlowCheck, FlowReason } from './flow-check.ts';

const slashes = (file: string) => file.replaceAll('\\', '/');
const baseName = (file: string) => slashes(file).split('/').at(-1) ?? file;

/** What a backend lacks to run a flow. */
export function checkInventory(flow: Flow, inventory: Inventory): Omit<FlowCheck, 'canRun'> {
  const { catalogue, models } = inventory;
  const unknown: string[] = [];
  if (catalogue === null) unknown.push(`${inventory.source} does not list its node classes`);
  const needed = new Set(flow.classes.map(keptClass));
  const classes =
    catalogue === null ? [] : [...needed].filter((name) => !Object.hasOwn(catalogue, name));
  const reasons: FlowReason[] = classes.map((name) => ({
    code: 'missing-class',
    message: `${inventory.source} has no node class ${name}`,
  }));
  const missing: ModelRequirement[] = [];
  const silent = new Set<string>();
  for (const model of flow.models) {
    const files = Object.hasOwn(models, model.folder) ? models[model.folder] : undefined;
    if (files === undefined) silent.add(model.folder);
    else if (!files.some((file) => slashes(file) === slashes(model.file))) {
      missing.push(model);
      reasons.push({ code: 'missing-model', message: missingModel(model, files) });
    }
  }
  for (const folder of silent) {
    unknown.push(`${inventory.source} does not list the files of ${folder}`);
  }
  return { reasons, missing: { classes, models: missing }, unknown };
}

/** The server wants the exact name, so a copy in another folder is named instead of taken. */
function missingModel(model: ModelRequirement, files: readonly string[]): string {
  const elsewhere = files.find((file) => baseName(file) === baseName(model.file));
  const hint =
    elsewhere !== undefined
      ? `; there is ${elsewhere}, which the graph would have to name so`
      : model.url === null
        ? ''
        : `; get it from ${model.url}`;
  return `${model.folder} has no ${model.file}${hint}`;
}
