import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.ts';

export default defineConfig(
  library({
    'fine-tuned': 'src/fine-tuned/index.ts',
    'in-context': 'src/in-context/index.ts',
    learned: 'src/learned/index.ts',
    policies: 'src/policies/index.ts',
    rules: 'src/rules/index.ts',
  }),
);
