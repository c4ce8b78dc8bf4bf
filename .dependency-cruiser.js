/** The arrows of docs/architecture.md, as rules. */
const plugins = ['selectors', 'scorers', 'embedded', 'executors', 'llm', 'lab'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that import each other cannot be read or changed alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'spec-imports-nothing',
      comment: 'The spec is types that import nothing but each other.',
      severity: 'error',
      from: { path: '^packages/core/src/spec/' },
      to: { pathNot: '^packages/core/src/spec/' },
    },
    {
      name: 'core-runs-anywhere',
      comment:
        'Only ./node and ./testing of core may use Node; the rest runs in browsers, Bun and Deno.',
      severity: 'error',
      from: {
        path: '^packages/core/src/',
        pathNot: '^packages/core/src/(node|testing)/|\\.test\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-hides-node-and-testing',
      comment: 'The runtime-neutral entries never reach the Node or testing rooms.',
      severity: 'error',
      from: {
        path: '^packages/core/src/',
        pathNot: '^packages/core/src/(node|testing)/|\\.test\\.ts$',
      },
      to: { path: '^packages/core/src/(node|testing)/' },
    },
    {
      name: 'core-imports-no-plugin',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: `^packages/(${plugins.join('|')}|cli)/|^@comfygen/` },
    },
    {
      name: 'plugins-never-import-each-other',
      comment:
        'A plugin knows core only; the CLI and examples are where plugins meet. Tests may use a real neighbour.',
      severity: 'error',
      from: { path: `^packages/(${plugins.join('|')})/`, pathNot: '\\.test\\.ts$' },
      to: {
        path: `^packages/(${plugins.join('|')}|cli)/|^@comfygen/`,
        pathNot: '^packages/$1/',
      },
    },
    {
      name: 'core-by-public-name',
      comment: 'Other packages import core by its entries, as a third party would.',
      severity: 'error',
      from: { path: '^(packages/(?!core/)|examples/)' },
      to: {
        path: '^packages/core/src/',
        pathNot:
          '^packages/core/src/(index|plugin|http/index|workflow/index|workflow/catalogue|node/index|testing/index)\\.ts$',
      },
    },
    {
      name: 'no-own-barrel',
      comment: 'Inside a package, import the file, not the entry that re-exports it.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: '\\.test\\.ts$|/src/bin\\.ts$' },
      to: { path: '^packages/$1/src/(index|plugin)\\.ts$' },
    },
    {
      name: 'cli-commands-stand-apart',
      comment:
        'A command is a file: it imports its own work and shared rooms, never another command.',
      severity: 'error',
      from: { path: '^packages/cli/src/commands/([^/]+)\\.ts$' },
      to: {
        path: '^packages/cli/src/(commands|work)/',
        pathNot: '^packages/cli/src/work/$1(/|\\.ts$)',
      },
    },
    {
      name: 'cli-work-stands-apart',
      comment: 'What two commands run both lives in a shared room, not in the work of one of them.',
      severity: 'error',
      from: { path: '^packages/cli/src/work/([^/.]+)' },
      to: {
        path: '^packages/cli/src/(commands|work)/',
        pathNot: '^packages/cli/src/work/$1(/|\\.ts$)',
      },
    },
    {
      name: 'cli-rooms-know-no-command',
      comment: 'Only the program knows the commands, and only commands know their work.',
      severity: 'error',
      from: {
        path: '^packages/cli/src/',
        pathNot: '^packages/cli/src/(commands/|work/|program\\.ts$)',
      },
      to: { path: '^packages/cli/src/(commands|work)/' },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|/test/' },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['comfygen-source', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
};
