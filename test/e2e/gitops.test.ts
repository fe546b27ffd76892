import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { openJudge, type Judge } from '../../testbed/tools/judge.ts';

const ARGOCD = fileURLToPath(new URL('../../deploy/gitops/argocd', import.meta.url));
const CUSTOMIZATIONS = join(ARGOCD, 'resource_customizations/crossaccountlink.dev');
const LINK = join(CUSTOMIZATIONS, 'CrossAccountLink');
const ACTIONS = join(LINK, 'actions');

const text = (...path: readonly string[]) => readFile(join(...path), 'utf8');
const yaml = async (...path: readonly string[]) => parse(await text(...path));

let judge: Judge;
before(async () => {
  judge = await openJudge();
});

describe('the health check for Argo CD', async () => {
  for (const kind of ['CrossAccountLink', 'AWSAccount']) {
    const { tests } = await yaml(CUSTOMIZATIONS, kind, 'health_test.yaml');
    for (const { healthStatus, inputPath } of tests) {
      it(`finds ${kind} ${inputPath} ${healthStatus.status}`, async () => {
        const object = await yaml(CUSTOMIZATIONS, kind, inputPath);
        assert.deepEqual(await judge.lua(join(CUSTOMIZATIONS, kind, 'health.lua'), object), healthStatus);
      });
    }
  }
});

describe('the actions for Argo CD', async () => {
  const { discoveryTests, actionTests } = await yaml(ACTIONS, 'action_test.yaml');

  for (const { inputPath, result } of discoveryTests) {
    it(`offer for ${inputPath} what can be done`, async () => {
      const offered = await judge.lua(join(ACTIONS, 'discovery.lua'), await yaml(ACTIONS, inputPath));
      assert.deepEqual(
        offered,
        Object.fromEntries(result.map(({ name, disabled }: Offer) => [name, { disabled }])),
      );
    });
  }

  for (const { action, inputPath, expectedOutputPath } of actionTests) {
    it(`${action} ${inputPath}`, async () => {
      const changed = await judge.lua(join(ACTIONS, action, 'action.lua'), await yaml(ACTIONS, inputPath));
      const expected = await yaml(ACTIONS, expectedOutputPath);
      assert.deepEqual(withoutTimes(changed), withoutTimes(expected));
    });
  }
});

it('argocd-cm.yaml holds these very scripts', async () => {
  const { data } = await yaml(ARGOCD, 'argocd-cm.yaml');
  for (const kind of ['CrossAccountLink', 'AWSAccount']) {
    const script = data[`resource.customizations.health.crossaccountlink.dev_${kind}`];
    assert.equal(script, await text(CUSTOMIZATIONS, kind, 'health.lua'));
  }
  const actions = parse(data['resource.customizations.actions.crossaccountlink.dev_CrossAccountLink']);
  assert.equal(actions['discovery.lua'], await text(ACTIONS, 'discovery.lua'));
  for (const definition of actions.definitions) {
    assert.equal(definition['action.lua'], await text(ACTIONS, definition.name, 'action.lua'));
  }
});

describe('Flux, by its own library, finds a link', () => {
  for (const [state, verdict] of [
    ['unseen', 'InProgress'],
    ['outdated', 'InProgress'],
    ['progressing', 'InProgress'],
    ['healthy', 'Current'],
    ['degraded', 'Failed'],
    ['suspended', 'Current'],
    ['deleting', 'Terminating'],
  ] as const) {
    it(`that is ${state} to be ${verdict}`, async () => {
      assert.equal(await judge.kstatus(await yaml(LINK, `testdata/${state}.yaml`)), verdict);
    });
  }
});

interface Offer {
  readonly name: string;
  readonly disabled: boolean;
}

/** The time of a click differs from that of the fixture. */
function withoutTimes(object: unknown): unknown {
  return JSON.parse(JSON.stringify(object).replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME'));
}
