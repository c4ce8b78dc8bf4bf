import { kindOfFile } from '../http/file-type.ts';
import type { JobOutput, JsonObject, Plan, Warning, Workflow } from '../spec/index.ts';

/**
 * Node ids by the tag with which the names of their files begin; the empty tag stands for files that have none. Plain
 * JSON: it is kept in the job's reference.
 */
export type OutputTags = { [tag: string]: string };

const TAGGED = /^(cg\d+)-/;

/**
 * The graph with a tag before each `filename_prefix`, for services that don't say which node made a file. This is
 * the one rewrite of the graph; the plan's own stays as it is.
 */
export function tagOutputs({ workflow, outputNodes }: Pick<Plan, 'workflow' | 'outputNodes'>): {
  workflow: Workflow;
  tags: OutputTags;
} {
  const savers = Object.keys(workflow).filter((id) => prefixOf(workflow, id) !== undefined);
  const ids = [...new Set([...outputNodes.filter((id) => savers.includes(id)), ...savers])];
  const tagged: Workflow = { ...workflow };
  const tags: OutputTags = {};
  for (const [place, id] of ids.entries()) {
    const tag = `cg${place}`;
    const { inputs, ...node } = workflow[id]!;
    const prefix = prefixOf(workflow, id)!;
    const at = Math.max(prefix.lastIndexOf('/'), prefix.lastIndexOf('\\')) + 1;
    const filename_prefix = `${prefix.slice(0, at)}${tag}-${prefix.slice(at)}`;
    tagged[id] = { ...node, inputs: { ...inputs, filename_prefix } };
    tags[tag] = id;
  }
  const bare = outputNodes.filter((id) => !savers.includes(id));
  if (bare.length === 1) tags[''] = bare[0]!;
  return { workflow: tagged, tags };
}

/** The tags in a graph that was sent, such as a webhook call's copy of it: so another process learns them. */
export function readTags(workflow: unknown): OutputTags {
  const tags: OutputTags = {};
  if (typeof workflow !== 'object' || workflow === null) return tags;
  for (const id of Object.keys(workflow)) {
    const prefix = prefixOf(workflow as Workflow, id);
    const tag = prefix && TAGGED.exec(prefix.slice(prefix.search(/[^/\\]*$/)))?.[1];
    if (tag) tags[tag] = id;
  }
  return tags;
}

/** A file of a job: a name that is no path, as `fileNameOf` gives it, and what `download` needs. */
export interface JobFile {
  fileName: string;
  ref: JsonObject;
}

/**
 * Files as a job's outputs, their kind told by their names. With the `tags` of the graph that was sent: by the order of
 * their nodes, then by name, as ComfyUI counts; those without a tag come last, with a warning. Without: in their order,
 * for a service that can't tell which node made a file.
 */
export function listOutputs(
  files: readonly JobFile[],
  tags?: OutputTags,
): { outputs: JobOutput[]; warnings: Warning[] } {
  if (tags === undefined)
    return { outputs: files.map((file, index) => toOutput(file, index, null)), warnings: [] };
  const known = Object.keys(tags);
  const tagOf = (name: string) => TAGGED.exec(name)?.[1] ?? '';
  const rank = (name: string) => {
    const place = known.indexOf(tagOf(name));
    return place < 0 ? known.length : place;
  };
  const outputs = files
    .toSorted(({ fileName: one }, { fileName: other }) => {
      const apart = rank(one) - rank(other);
      return apart !== 0 || rank(one) === known.length ? apart : one < other ? -1 : 1;
    })
    .map((file, index) => {
      const tag = tagOf(file.fileName);
      return toOutput(file, index, Object.hasOwn(tags, tag) ? tags[tag]! : null);
    });
  const strays = outputs.filter(({ nodeId }) => nodeId === null).length;
  const message = `${strays} of ${outputs.length} files don't tell which node made them.`;
  return { outputs, warnings: strays > 0 ? [{ code: 'output-node-unknown', message }] : [] };
}

function toOutput({ fileName, ref }: JobFile, index: number, nodeId: string | null): JobOutput {
  return { nodeId, index, kind: kindOfFile(fileName), fileName, mediaType: null, ref };
}

function prefixOf(workflow: Workflow, id: string): string | undefined {
  const prefix = workflow[id]?.inputs?.['filename_prefix'];
  return typeof prefix === 'string' ? prefix : undefined;
}
