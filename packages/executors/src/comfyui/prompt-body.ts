import type { Workflow } from 'comfygen/plugin';
import type { readRunOptions, Settings } from './options.ts';
import type { TrackedJob } from './tracked-job.ts';

/** The body of `POST /prompt`. */
export function promptBody(
  workflow: Workflow,
  job: TrackedJob,
  run: ReturnType<typeof readRunOptions>,
  settings: Settings,
): object {
  const preview_method = run.previews ?? settings.previews;
  return {
    prompt: withTitles(workflow),
    prompt_id: job.id,
    // Always: without one, servers of 2026 lose the outputs of cached nodes.
    client_id: job.clientId,
    ...(run.front && { front: true }),
    ...(preview_method && { extra_data: { preview_method } }),
  };
}

/** Every node with an inputs object and a title: the server answers 500 to some without. */
function withTitles(workflow: Workflow): Workflow {
  const nodes = Object.entries(workflow).map(([id, node]) => {
    const _meta = { ...node._meta, title: node._meta?.title ?? node.class_type };
    return [id, { class_type: node.class_type, inputs: node.inputs ?? {}, _meta }];
  });
  return Object.fromEntries(nodes);
}
