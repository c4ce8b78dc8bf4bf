import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.ts';

export default defineConfig(
  library({
    index: 'src/index.ts',
    anthropic: 'src/anthropic/index.ts',
    openai: 'src/openai/index.ts',
    embeddings: 'src/embeddings/index.ts',
    testing: 'src/testing/index.ts',
  }),
);
