import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.ts';

export default defineConfig(library(import.meta.dirname));
