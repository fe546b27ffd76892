import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
beforeAll(async () => {
  judge = await openJudge();
});

const healthTests = await Promise.all(
  ['CrossAccountLink', 'AWSAccount'].map(async (kind) => ({
    kind,
    tests: (await yaml(CUSTOMIZATIONS, kind, 'health_test.yaml')).tests,
  })),
);

describe('the health check for Argo CD', () => {
  for (const { kind, tests } of healthTests) {
    for (const { healthStatus, inputPath } of tests) {
      it(`finds ${kind} ${inputPath} ${healthStatus.status}`, async () => {
        const object = await yaml(CUSTOMIZATIONS, kind, inputPath);
        expect(await judge.lua(join(CUSTOMIZATIONS, kind, 'health.lua'), object)).toStrictEqual(healthStatus);
      });
    }
  }
});

const { discoveryTests, actionTests } = await yaml(ACTIONS, 'action_test.yaml');

describe('the actions for Argo CD', () => {
  for (const { inputPath, result } of discoveryTests) {
    it(`offer for ${inputPath} what can be done`, async () => {
      const offered = await judge.lua(join(ACTIONS, 'discovery.lua'), await yaml(ACTIONS, inputPath));
      expect(offered).toStrictEqual(
        Object.fromEntries(result.map(({ name, disabled }: Offer) => [name, { disabled }])),
      );
    });
  }

  for (const { action, inputPath, expectedOutputPath } of actionTests) {
    it(`${action} ${inputPath}`, async () => {
      const changed = await judge.lua(join(ACTIONS, action, 'action.lua'), await yaml(ACTIONS, inputPath));
      const expected = await yaml(ACTIONS, expectedOutputPath);
      expect(withoutTimes(changed)).toStrictEqual(withoutTimes(expected));
    });
  }
});

it('argocd-cm.yaml holds these very scripts', async () => {
  const { data } = await yaml(ARGOCD, 'argocd-cm.yaml');
  for (const kind of ['CrossAccountLink', 'AWSAccount']) {
    const script = data[`resource.customizations.health.crossaccountlink.dev_${kind}`];
    expect(script).toBe(await text(CUSTOMIZATIONS, kind, 'health.lua'));
  }
  const actions = parse(data['resource.customizations.actions.crossaccountlink.dev_CrossAccountLink']);
  expect(actions['discovery.lua']).toBe(await text(ACTIONS, 'discovery.lua'));
  for (const definition of actions.definitions) {
    expect(definition['action.lua']).toBe(await text(ACTIONS, definition.name, 'action.lua'));
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
      expect(await judge.kstatus(await yaml(LINK, `testdata/${state}.yaml`))).toBe(verdict);
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
