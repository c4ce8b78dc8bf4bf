import assert from 'node:assert/strict';
import { EXECUTOR_SUPPORTS } from '../../util/define.ts';
import { assertJsonSafe, assertManifest } from '../check.ts';
import { OPTIONAL_METHODS } from './case-list.ts';
import type { ExecutorCase } from './executor-bench.ts';

export const manifestCases: ExecutorCase[] = [
  {
    proves: 45,
    name: 'says what it is: spec, role, name and a manifest of booleans',
    async run({ executor, another }) {
      assert.equal(executor.spec, 'v1');
      assert.equal(executor.role, 'executor');
      assert.match(executor.name, /^[a-z0-9]+(-[a-z0-9]+)*$/, 'the name is not lower-kebab-case');
      assertManifest(executor.supports, EXECUTOR_SUPPORTS);
      const twin = another();
      assert.equal(twin.name, executor.name, 'two instances differ in name');
      assert.deepEqual(twin.supports, executor.supports, 'two instances differ in manifest');
    },
  },
  {
    proves: 45,
    name: 'has the methods of every executor, those that its manifest needs, and else methods or nothing',
    async run({ bare }) {
      for (const method of ['submit', 'inspect', 'download'] as const)
        assert.equal(typeof bare[method], 'function', `${method}() is missing`);
      for (const method of OPTIONAL_METHODS)
        assert.match(typeof bare[method], /^(function|undefined)$/, `${method} is no method`);
      const { progress, previews, watchPolls } = bare.supports;
      if (progress || previews || watchPolls)
        assert.equal(typeof bare.watch, 'function', 'progress needs watch()');
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
