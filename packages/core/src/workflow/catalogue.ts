import type { NodeCatalogue } from '../spec/index.ts';
import data from './core-nodes.data.json' with { type: 'json' };

/**
 * ComfyUI's core text-to-image node classes as version 0.33.0 describes them: names, types, ranges,
 * defaults and options. Lists of model files are empty, so that `validateWorkflow` needs the option
 * `models` or `ignoreModelFiles`; classes that are not here may still exist on a server (`complete: false`).
 */
export const coreCatalogue: NodeCatalogue = data as unknown as NodeCatalogue;
