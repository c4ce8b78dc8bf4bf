import type { NodeCatalogue } from '../spec/index.ts';
import data from './core-nodes.data.json' with { type: 'json' };

/**
 * All 633 node classes that ComfyUI 0.33.0 has without node packs, as that version describes them: names, types,
 * ranges, defaults and options, for `validateWorkflow` and `convertWorkflow`. Lists of model files are empty, so
 * that `validateWorkflow` needs the option `models` or `ignoreModelFiles`; classes that are not here, of partner
 * services too, may still exist on a server (`complete: false`). 350 kB, loaded by this entry alone.
 */
export const coreCatalogue: NodeCatalogue = data as unknown as NodeCatalogue;
