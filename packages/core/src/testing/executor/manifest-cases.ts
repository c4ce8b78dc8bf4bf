import assert from 'node:assert/strict';
import type { ExecutorSupports, ExecutorV1 } from '../../spec/index.ts';
import { assertJsonSafe } from '../check.ts';
import type { ExecutorCase } from './executor-bench.ts';

const MANIFEST: (keyof ExecutorSupports)[] = [
  'progress',
  'previews',
  'cancel',
  'upload',
  'inventory',
  'webhooks',
  'resume',
  'ownId',
  'seed',
  'nodeOutputs',
  'http',
];
const OPTIONAL: (keyof ExecutorSupports)[] = ['watchPolls'];
const METHODS: [keyof ExecutorSupports, keyof ExecutorV1][] = [
  ['cancel', 'cancel'],
  ['upload', 'upload'],
  ['inventory', 'inventory'],
  ['webhooks', 'parseWebhook'],
];

export const manifestCases: ExecutorCase[] = [
  {
    proves: 45,
    name: 'says what it is: spec, role, name and a whole manifest',
    async run({ executor, another }) {
      assert.equal(executor.spec, 'v1');
      assert.equal(executor.role, 'executor');
      assert.match(executor.name, /^[a-z0-9]+(-[a-z0-9]+)*$/, 'the name is not lower-kebab-case');
      const optional = OPTIONAL.filter((key) => Object.hasOwn(executor.supports, key));
      assert.deepEqual(Object.keys(executor.supports).sort(), [...MANIFEST, ...optional].sort());
      for (const [key, value] of Object.entries(executor.supports))
        assert.equal(typeof value, 'boolean', `supports.${key} must be true or false`);
      const twin = another();
      assert.equal(twin.name, executor.name, 'two instances differ in name');
      assert.deepEqual(twin.supports, executor.supports, 'two instances differ in manifest');
    },
  },
  {
    proves: 45,
    name: 'has the methods that its manifest declares, and no others',
    async run({ executor }) {
      for (const method of ['submit', 'inspect', 'download'] as const)
        assert.equal(typeof executor[method], 'function', `${method}() is missing`);
      for (const [key, method] of METHODS) {
        const has = typeof executor[method] === 'function';
        assert.equal(has, executor.supports[key], `supports.${key} and ${method}() disagree`);
      }
      const { progress, previews, watchPolls } = executor.supports;
      if (progress || previews || watchPolls)
        assert.equal(typeof executor.watch, 'function', 'progress needs watch()');
    },
  },
  {
    proves: 45,
    name: 'lists what it can run',
    needs: ['inventory'],
    async run({ executor, backend, call }) {
      const inventory = await executor.inventory!(call());
      assertJsonSafe(inventory, 'the inventory');
      assert.ok(inventory.source, 'the inventory must say which backend answered');
      for (const [folder, files] of Object.entries(inventory.models))
        assert.ok(Array.isArray(files), `models.${folder} must be a list`);
      const { catalogue } = inventory;
      if (catalogue === null) return;
      for (const { class_type } of Object.values(backend.workflow))
        assert.ok(Object.hasOwn(catalogue, class_type), `the catalogue lacks ${class_type}`);
    },
  },
  {
    proves: 45,
    name: 'may be disposed of twice, and then takes no more jobs',
    needs: ['dispose'],
    async run({ executor, picture, submit }) {
      await picture();
      await executor.dispose!();
      await executor.dispose!();
      await assert.rejects(submit(), 'a disposed executor took a job');
    },
  },
];
