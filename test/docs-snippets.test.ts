import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
// Inside examples/ so that the packages resolve as they do for a user.
const folder = mkdtempSync(join(root, 'examples', '.snippets-'));

interface Snippet {
  name: string;
  file: string;
  code: string;
  runs: boolean;
}

/**
 * Every ```ts block of the README and the guides; "```ts run" blocks are also executed. A block that
 * begins with `// name.ts` is the file of that name, which the other blocks of its page may import.
 */
function collectSnippets(): Snippet[] {
  const pages = globSync(['*.md', '{docs,examples,workflows}/*.md', 'packages/*/README.md'], {
    cwd: root,
  }).sort();
  return pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...text.matchAll(/^```ts( run)?\n([\s\S]*?)^```$/gm)].map((match, index) => {
      const code = match[2] ?? '';
      const file = /^\/\/ ([\w-]+\.ts)\n/.exec(code)?.[1] ?? `block-${index + 1}.ts`;
      return {
        name: `${page} #${index + 1}`,
        file: join(folder, page.replaceAll(/[/.]/g, '-'), file),
        code,
        runs: match[1] !== undefined,
      };
    });
  });
}

function typeErrors(files: string[]): Map<string, string[]> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files },
    ts.sys,
    root,
  );
  const program = ts.createProgram(files, options);
  const errors = new Map<string, string[]>();
  for (const file of files) {
    const source = program.getSourceFile(file);
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    errors.set(
      file,
      found.map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n')),
    );
  }
  return errors;
}

const snippets = collectSnippets();
for (const { file, code } of snippets) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${code}\nexport {};\n`);
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('code in the README and the guides', () => {
  const errors = typeErrors(snippets.map((s) => s.file));

  it.each(snippets)('$name compiles', ({ file }) => {
    expect(errors.get(file)).toEqual([]);
  });

  it.each(snippets.filter((s) => s.runs))(
    '$name runs',
    async ({ file }) => {
      const flags = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];
      // Each snippet gets a folder of its own, so that what it writes disturbs nobody.
      const cwd = `${file}.d`;
      mkdirSync(cwd, { recursive: true });
      await promisify(execFile)(process.execPath, [...flags, file], { cwd, timeout: 60_000 });
    },
    90_000,
  );
});
