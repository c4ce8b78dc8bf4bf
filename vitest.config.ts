import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Packages are tested from their TypeScript sources: no build before a test.
  resolve: { conditions: ['comfygen-source'] },
  ssr: { resolve: { conditions: ['comfygen-source'], externalConditions: ['comfygen-source'] } },
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'workflows/*.test.ts',
      'examples/**/*.test.ts',
      'test/**/*.test.ts',
      'campaigns/**/*.test.ts',
    ],
    // Ends what hangs; on a busy machine a picture that takes a second may take thirty.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One core is left idle otherwise, which on two cores doubles the time.
    maxWorkers: '100%',
    // Files of one worker share their modules, which halves the time: a test leaves no global changed.
    isolate: false,
    tags: [
      {
        name: 'campaign',
        description: 'Hundreds of jobs under faults; `pnpm run test:campaigns` runs them alone.',
        timeout: 300_000,
      },
    ],
  },
});
