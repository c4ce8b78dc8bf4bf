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
    ],
    testTimeout: 30_000,
    // One core is left idle otherwise, which on two cores doubles the time.
    maxWorkers: '100%',
    tags: [
      {
        name: 'campaign',
        description: 'Hundreds of jobs under faults; `pnpm run test:campaigns` runs them alone.',
        timeout: 300_000,
      },
    ],
  },
});
