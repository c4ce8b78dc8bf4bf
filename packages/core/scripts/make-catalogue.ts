/**
 * Writes src/workflow/core-nodes.data.json from a server's `GET /object_info`:
 * `node packages/core/scripts/make-catalogue.ts object_info.json`
 * Keeps facts only (names, types, ranges, defaults, options) of every class that is there, so the server should have
 * no node packs and no files; lists of the server's own files are emptied all the same.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { modelFolder } from '../src/workflow/model-folders.ts';

const OPTION_KEYS = new Set([
  'default',
  'min',
  'max',
  'step',
  'round',
  'options',
  'multiline',
  'dynamicPrompts',
  'forceInput',
  'control_after_generate',
  'image_upload',
  'audio_upload',
  'video_upload',
  'file_upload',
  'socketless',
  'widgetType',
  'multiselect',
  'template',
  'lazy',
  'remote',
]);
const NODE_KEYS = [
  'input_order',
  'output',
  'output_is_list',
  'output_name',
  'output_node',
  'python_module',
  'deprecated',
  'experimental',
  'api_node',
];

/** Marks of lists that name files of the server's input folder. */
const UPLOADS = ['image_upload', 'audio_upload', 'video_upload'];

type Section = Record<string, unknown>;

function compactInput(classType: string, name: string, spec: unknown): unknown {
  if (!Array.isArray(spec)) return spec;
  const [type, options] = spec as [unknown, Section | undefined];
  const emptied =
    modelFolder(classType, name) !== undefined || UPLOADS.some((key) => options?.[key] === true);
  const kept = Object.fromEntries(
    Object.entries(options ?? {})
      .filter(([key]) => OPTION_KEYS.has(key))
      .map(([key, value]) => [key, key === 'options' && emptied ? [] : value]),
  );
  const kind =
    Array.isArray(type) && emptied ? type.filter((item) => item === 'pixel_space') : type;
  return Object.keys(kept).length > 0 ? [kind, kept] : [kind];
}

function compactNode(classType: string, info: Section): Section {
  const sections = Object.entries(info['input'] as Record<string, Section>)
    .filter(([section]) => section !== 'hidden')
    .map(([section, inputs]) => [
      section,
      Object.fromEntries(
        Object.entries(inputs).map(([name, spec]) => [name, compactInput(classType, name, spec)]),
      ),
    ]);
  const facts = NODE_KEYS.filter(
    (key) => info[key] !== undefined && info[key] !== null && info[key] !== false,
  ).map((key) => [key, info[key]]);
  return { input: Object.fromEntries(sections), ...Object.fromEntries(facts) };
}

const source = process.argv[2];
if (source === undefined) throw new Error('Give the path of an object_info JSON file.');
const all = JSON.parse(await readFile(source, 'utf8')) as Record<string, Section>;
const nodes = Object.keys(all)
  .toSorted()
  .map((name) => [name, compactNode(name, all[name]!)] as const);
// JSON.parse rounded the largest seed; written out it reads as in the source.
const exact = (json: string) => json.replaceAll('18446744073709552000', '18446744073709551615');
const lines = nodes.map(
  ([name, info]) => `${JSON.stringify(name)}: ${exact(JSON.stringify(info))}`,
);
await writeFile(
  new URL('../src/workflow/core-nodes.data.json', import.meta.url),
  `{\n${lines.join(',\n')}\n}\n`,
);
console.log(`${nodes.length} node classes`);
