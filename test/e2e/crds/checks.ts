import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import { AdminApi } from '../../../testbed/kubernetes/admin-api.ts';
import type { SharedControlPlane } from '../../../testbed/control-plane.ts';
import { isJsonObject, toJsonObject, type JsonObject } from '../../../src/base/json.ts';
import { admit } from '../../../src/cli/admission/admit.ts';
import { REFUSED_ACCOUNTS } from './account-refusals.ts';
import { hints, statements, tasks } from './largest.ts';
import { ACCOUNT, LINK, WHOLE_ACCOUNT, WHOLE_LINK, withSpec } from './manifests.ts';
import { REFUSED_LINKS } from './refusals.ts';
import { about } from '../../expectations.ts';

const OURS = '/apis/crossaccountlink.dev/v1alpha1';
const LINKS = `${OURS}/namespaces/default/crossaccountlinks`;
const ACCOUNTS = `${OURS}/awsaccounts`;
const THE_LINK = `${LINKS}/checkout-to-billing`;
const THE_ACCOUNT = `${ACCOUNTS}/billing`;

/** What the CRDs refuse, admit, fill in and print, on a control plane of a test file.
 *  @param open returns the control plane before the first of these tests */
export function describeCrds(open: () => Promise<SharedControlPlane>): void {
  describe('the CRDs', () => {
    let controlPlane: SharedControlPlane;
    let api: AdminApi;

    beforeAll(async () => {
      controlPlane = await open();
      api = new AdminApi(controlPlane);
      await eventually('kubectl explain to know the kinds', () => kubectl(['explain', 'xal']));
    });
    afterAll(async () => {
      for (const path of [THE_LINK, THE_ACCOUNT]) await api.delete(path);
      await api.close();
    });

    async function kubectl(args: readonly string[], input = ''): Promise<string> {
      const { stdout, stderr, exitCode } = await controlPlane.kubectl(args, { input });
      about(stderr, () => expect(exitCode).toBe(0));
      return stdout;
    }

    /** What `kubectl create --dry-run=server --validate=strict` prints. Kubectl itself is tried below: its start takes longer
     *  than everything else. */
    function tried(path: string, manifest: object): Promise<unknown> {
      return api.call('POST', `${path}?dryRun=All&fieldValidation=Strict`, { body: manifest });
    }

    for (const [kind, path, manifest, refusals] of [
      ['CrossAccountLink', LINKS, LINK, REFUSED_LINKS],
      ['AWSAccount', ACCOUNTS, ACCOUNT, REFUSED_ACCOUNTS],
    ] as const) {
      describe(`refuse in a ${kind}`, () => {
        for (const { what, spec, says } of refusals) {
          it.concurrent(what, async () => {
            const words = await refusal(tried(path, withSpec(manifest, spec)));
            expect(words).toContain(says);
            expect(words).not.toMatch(/index out of bounds|no such key/);
            expect(problemsIn(offline(kind, withSpec(manifest, spec)))).toEqual(problemsIn(words));
          });
        }
      });
    }

    describe('admit', () => {
      for (const [what, path, manifest] of [
        ['the smallest link', LINKS, LINK],
        ['a link with every field', LINKS, WHOLE_LINK],
        ['the smallest account', ACCOUNTS, ACCOUNT],
        ['an account with every field', ACCOUNTS, WHOLE_ACCOUNT],
      ] as const) {
        it(`${what}, and keep every field of it`, async () => {
          expect(await tried(path, manifest)).toMatchObject(manifest);
        });
      }

      it('partitions and Regions other than the usual', async () => {
        const spec = {
          stateMachineARN: 'arn:aws-us-gov:states:us-gov-west-1:111111111111:stateMachine:a_+=.@-Z9',
          targetRole: { arn: 'arn:aws-us-gov:iam::222222222222:role/a_+=,.@-Z9' },
        };
        await tried(LINKS, withSpec(LINK, spec));
      });

      it('lists as large as their rules let them be, offline as well', async () => {
        const permissions = { resources: hints(), statements: statements() };
        const spec = { targetRole: { permissions }, stateMachineCredentials: { tasks: tasks() } };
        const manifest = withSpec(LINK, spec);
        await tried(LINKS, manifest);
        expect(offline('CrossAccountLink', manifest)).toBe('admitted');
      });

      it('an interval at each bound', async () => {
        for (const driftCheckInterval of ['30s', '24h', '1439m60s'])
          await tried(LINKS, withSpec(LINK, { driftCheckInterval }));
      });
    });

    describe('of objects that stand', () => {
      beforeAll(async () => {
        await kubectl(['create', '-f', '-'], JSON.stringify(LINK));
        await kubectl(['create', '-f', '-'], JSON.stringify(ACCOUNT));
      });

      it('a link gets the documented defaults and no others', async () => {
        const { spec, status } = Object(await api.get(THE_LINK));
        expect(spec).toStrictEqual({
          ...Object(LINK['spec']),
          managementPolicy: 'Enforce',
          targetRole: { ...Object(LINK['spec']).targetRole, adoptionPolicy: 'Never' },
          deletionPolicy: 'Delete',
          suspend: false,
        });
        expect(status).toStrictEqual({ observedGeneration: -1 });
      });

      it('an account gets the documented defaults and no others', async () => {
        const { spec, status } = Object(await api.get(THE_ACCOUNT));
        expect(spec).toStrictEqual({
          accountID: '222222222222',
          partition: 'aws',
          driftCheckInterval: '1m',
          roleReads: 'Account',
        });
        expect(status).toStrictEqual({ observedGeneration: -1 });
      });

      for (const [what, path, spec, says] of [
        [
          'the state machine of a link',
          THE_LINK,
          { stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:other' },
          'cannot be changed; make a new CrossAccountLink for the other state machine',
        ],
        [
          'the target role of a link',
          THE_LINK,
          { targetRole: { arn: 'arn:aws:iam::222222222222:role/other' } },
          'cannot be changed; make a new CrossAccountLink with the other role',
        ],
        [
          'the ID of an account',
          THE_ACCOUNT,
          { accountID: '333333333333' },
          'cannot be changed; make a new AWSAccount',
        ],
        [
          'the partition of an account',
          THE_ACCOUNT,
          { partition: 'aws-cn' },
          'cannot be changed; make a new AWSAccount',
        ],
      ] as const) {
        it(`${what} cannot be changed`, async () => {
          expect(await refusal(api.patch(path, { spec }))).toContain(says);
        });
      }

      it('short names and the category find them', async () => {
        const name = 'crossaccountlink.crossaccountlink.dev/checkout-to-billing';
        expect((await kubectl(['get', 'xal', '-o', 'name'])).trim()).toBe(name);
        expect((await kubectl(['get', 'calink', '-o', 'name'])).trim()).toBe(name);
        const category = await kubectl(['get', 'aws', '-o', 'name']);
        expect(category.trim().split('\n').toSorted()).toStrictEqual([
          'awsaccount.crossaccountlink.dev/billing',
          name,
        ]);
      });

      it('kubectl get prints the columns, and -o wide the message', async () => {
        await patchStatus(THE_LINK, {
          observedGeneration: 1,
          stateMachine: 'checkout',
          targetRole: 'checkout-role',
          taskCount: 3,
          drift: { total: 2 },
          conditions: [ready('True', 'InSync', 'All legs are in sync.')],
        });
        expect(table(await kubectl(['get', 'xal']))).toStrictEqual([
          ['NAME', 'READY', 'REASON', 'STATE MACHINE', 'TARGET ROLE', 'TASKS', 'DRIFT', 'AGE'],
          ['checkout-to-billing', 'True', 'InSync', 'checkout', 'checkout-role', '3', '2', 'AGE'],
        ]);
        const [heads, cells] = table(await kubectl(['get', 'xal', '-o', 'wide']));
        expect([heads?.at(-1), cells?.at(-1)]).toStrictEqual(['MESSAGE', 'All legs are in sync.']);
      });

      it('kubectl get prints the columns of an account', async () => {
        await patchStatus(THE_ACCOUNT, {
          observedGeneration: 1,
          links: 4,
          identityARN: 'arn:aws:sts::222222222222:assumed-role/op/x',
          conditions: [ready('False', 'WrongAccount', 'Correct accountID.')],
        });
        const [heads, cells] = table(await kubectl(['get', 'awsaccount']));
        expect(heads).toStrictEqual(['NAME', 'ACCOUNT', 'READY', 'REASON', 'LINKS', 'LAST CHECK', 'AGE']);
        expect(cells?.slice(0, 5)).toStrictEqual(['billing', '222222222222', 'False', 'WrongAccount', '4']);
      });

      it('kubectl wait --for=condition=Ready works', async () => {
        await patchStatus(THE_LINK, {
          conditions: [ready('True', 'InSync', 'All legs are in sync.')],
        });
        await kubectl(['wait', '--for=condition=Ready', '--timeout=5s', 'xal/checkout-to-billing']);
      });

      it('a status patch does not touch the spec, nor its generation', async () => {
        await patchStatus(THE_LINK, { taskCount: 4 });
        const { metadata } = Object(await api.get(THE_LINK));
        expect(metadata.generation).toBe(1);
      });
    });

    describe('let server-side apply empty', () => {
      const paths = { link: `${LINKS}/emptied`, account: `${ACCOUNTS}/emptied` };
      const whole = {
        link: { ...WHOLE_LINK, metadata: { name: 'emptied', namespace: 'default' } },
        account: { ...WHOLE_ACCOUNT, metadata: { name: 'emptied' } },
      };
      afterAll(() => Promise.all([api.delete(paths.link), api.delete(paths.account)]));

      for (const [kind, spec] of [
        ['link', { targetRole: { tags: {} } }],
        ['link', { targetRole: { permissions: {} } }],
        ['link', { executionRoleGrant: {} }],
        ['link', { stateMachineCredentials: {} }],
        ['account', { quotas: {} }],
        ['account', { rates: {} }],
      ] as const) {
        it(`${JSON.stringify(spec)} of an applied ${kind}`, async () => {
          await api.apply(paths[kind], whole[kind]);
          await api.apply(paths[kind], emptied(whole[kind], spec));
          expect(Object(await api.get(paths[kind])).spec).toStrictEqual(emptied(whole[kind], spec)['spec']);
        });
      }
    });

    it('kubectl explain reads well', async () => {
      const text = await kubectl(['explain', 'xal.spec.targetRole']);
      expect(text).toMatch(/The IAM role in the target account that the state machine assumes/);
      expect(text).toMatch(
        /adoptionPolicy\s+<string>\s+enum: Never, Adopt\s+What to do with a role of this ARN/,
      );
      expect(text).not.toMatch(/<no description>/);
    });

    function patchStatus(path: string, status: object): Promise<void> {
      return api.patch(`${path}/status`, { status });
    }
  });
}

/** What the command line says about a manifest that it may not send to the API server. */
function offline(kind: 'CrossAccountLink' | 'AWSAccount', manifest: object): string {
  const admission = admit(kind, toJsonObject(manifest), undefined);
  return admission.admitted ? 'admitted' : admission.reason;
}

/** The problems that a refusal lists, in any order. */
function problemsIn(words: string): ReadonlySet<string> {
  const list = words.replace(/^.*? is invalid: /s, '').replace(/^\[(.*)\]$/s, '$1');
  return new Set(list.split(/, (?=spec[.[]|<nil>)/));
}

/** The manifest with a map of its spec emptied; a merge would leave the map as it is. */
function emptied(manifest: JsonObject, spec: JsonObject): JsonObject {
  const cleared = (part: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [
        key,
        isJsonObject(inner) && Object.keys(inner).length > 0 ? cleared(inner) : null,
      ]),
    );
  return withSpec(withSpec(manifest, cleared(spec)), spec);
}

/** The API server's words for the refusal, which kubectl prints. */
function refusal(answer: Promise<unknown>): Promise<string> {
  return answer.then(() => 'admitted', String);
}

function ready(status: string, reason: string, message: string): object {
  return { type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-31T12:00:00Z' };
}

/** The cells of what `kubectl get` printed, with ages as `AGE`. */
function table(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/).map((cell) => cell.trim().replace(/^\d+(?:s|m|m\d+s)$/, 'AGE')));
}
