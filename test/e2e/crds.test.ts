import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';
import { eventually } from '../../testbed/eventually.ts';
import { ACCOUNT, LINK, WHOLE_ACCOUNT, WHOLE_LINK, withSpec } from './crds/manifests.ts';
import { REFUSED_ACCOUNTS, REFUSED_LINKS } from './crds/refusals.ts';

const CRDS = fileURLToPath(new URL('../../crds', import.meta.url));

for (const emulatedVersion of [undefined, '1.33']) {
  describe(`the CRDs on Kubernetes ${emulatedVersion ?? 'of today'}`, () => {
    let controlPlane: ControlPlane;

    before(async () => {
      controlPlane = await startControlPlane(emulatedVersion === undefined ? {} : { emulatedVersion });
      await kubectl(['apply', '--server-side', '-f', CRDS]);
      await kubectl(['wait', '--for=condition=Established', '--timeout=20s', '-f', CRDS]);
      await eventually('kubectl explain knows the kinds', () => kubectl(['explain', 'xal']));
    });
    after(() => controlPlane.stop());

    async function kubectl(args: readonly string[], input = ''): Promise<string> {
      const { stdout, stderr, exitCode } = await controlPlane.kubectl(args, { input });
      assert.equal(exitCode, 0, stderr);
      return stdout;
    }

    async function refusal(args: readonly string[], input = ''): Promise<string> {
      const { stderr, exitCode } = await controlPlane.kubectl(args, { input });
      assert.equal(exitCode, 1, 'kubectl should have been refused');
      return stderr;
    }

    for (const [kind, manifest, refusals] of [
      ['CrossAccountLink', LINK, REFUSED_LINKS],
      ['AWSAccount', ACCOUNT, REFUSED_ACCOUNTS],
    ] as const) {
      describe(`refuse in a ${kind}`, { concurrency: 4 }, () => {
        for (const { what, spec, says } of refusals) {
          it(what, async () => {
            const stderr = await refusal(['create', '--dry-run=server', '-f', '-'], withSpec(manifest, spec));
            assert.ok(stderr.includes(says), `expected "${says}" in:\n${stderr}`);
            assert.doesNotMatch(stderr, /index out of bounds|no such key/);
          });
        }
      });
    }

    describe('admit', () => {
      for (const [what, manifest] of [
        ['the smallest link', LINK],
        ['a link with every field', WHOLE_LINK],
        ['the smallest account', ACCOUNT],
        ['an account with every field', WHOLE_ACCOUNT],
      ] as const) {
        it(`${what}, and keep every field of it`, async () => {
          const answer = await kubectl(
            ['create', '--dry-run=server', '--validate=strict', '-o', 'json', '-f', '-'],
            JSON.stringify(manifest),
          );
          assert.partialDeepStrictEqual(JSON.parse(answer), manifest);
        });
      }

      it('partitions and Regions other than the usual', async () => {
        const spec = {
          stateMachineARN: 'arn:aws-us-gov:states:us-gov-west-1:111111111111:stateMachine:a_+=.@-Z9',
          targetRole: { arn: 'arn:aws-us-gov:iam::222222222222:role/a_+=,.@-Z9' },
        };
        await kubectl(['create', '--dry-run=server', '-f', '-'], withSpec(LINK, spec));
      });

      it('an interval at each bound', async () => {
        for (const driftCheckInterval of ['30s', '24h', '1439m60s']) {
          await kubectl(['create', '--dry-run=server', '-f', '-'], withSpec(LINK, { driftCheckInterval }));
        }
      });
    });

    describe('of objects that stand', { concurrency: false }, () => {
      before(async () => {
        await kubectl(['create', '-f', '-'], JSON.stringify(LINK));
        await kubectl(['create', '-f', '-'], JSON.stringify(ACCOUNT));
      });

      it('a link gets the documented defaults and no others', async () => {
        const { spec, status } = JSON.parse(
          await kubectl(['get', 'xal', 'checkout-to-billing', '-o', 'json']),
        );
        assert.deepEqual(spec, {
          ...Object(LINK['spec']),
          managementPolicy: 'Enforce',
          targetRole: { ...Object(LINK['spec']).targetRole, adoptionPolicy: 'Never' },
          deletionPolicy: 'Delete',
          suspend: false,
        });
        assert.deepEqual(status, { observedGeneration: -1 });
      });

      it('an account gets the documented defaults and no others', async () => {
        const { spec, status } = JSON.parse(await kubectl(['get', 'awsaccount', 'billing', '-o', 'json']));
        assert.deepEqual(spec, { accountID: '222222222222', partition: 'aws', driftCheckInterval: '1m' });
        assert.deepEqual(status, { observedGeneration: -1 });
      });

      for (const [what, resource, spec, says] of [
        [
          'the state machine of a link',
          'xal/checkout-to-billing',
          { stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:other' },
          'cannot be changed; make a new CrossAccountLink for the other state machine',
        ],
        [
          'the target role of a link',
          'xal/checkout-to-billing',
          { targetRole: { arn: 'arn:aws:iam::222222222222:role/other' } },
          'cannot be changed; make a new CrossAccountLink with the other role',
        ],
        [
          'the ID of an account',
          'awsaccount/billing',
          { accountID: '333333333333' },
          'cannot be changed; make a new AWSAccount',
        ],
        [
          'the partition of an account',
          'awsaccount/billing',
          { partition: 'aws-cn' },
          'cannot be changed; make a new AWSAccount',
        ],
      ] as const) {
        it(`${what} cannot be changed`, async () => {
          const stderr = await refusal(['patch', resource, '--type=merge', '-p', JSON.stringify({ spec })]);
          assert.ok(stderr.includes(says), stderr);
        });
      }

      it('short names and the category find them', async () => {
        const name = 'crossaccountlink.crossaccountlink.dev/checkout-to-billing';
        assert.equal((await kubectl(['get', 'xal', '-o', 'name'])).trim(), name);
        assert.equal((await kubectl(['get', 'calink', '-o', 'name'])).trim(), name);
        const category = await kubectl(['get', 'aws', '-o', 'name']);
        assert.deepEqual(category.trim().split('\n').toSorted(), [
          'awsaccount.crossaccountlink.dev/billing',
          name,
        ]);
      });

      it('kubectl get prints the columns, and -o wide the message', async () => {
        await patchStatus('xal/checkout-to-billing', {
          observedGeneration: 1,
          stateMachine: 'checkout',
          targetRole: 'checkout-role',
          taskCount: 3,
          drift: { total: 2 },
          conditions: [ready('True', 'InSync', 'All legs are in sync.')],
        });
        assert.deepEqual(table(await kubectl(['get', 'xal'])), [
          ['NAME', 'READY', 'REASON', 'STATE MACHINE', 'TARGET ROLE', 'TASKS', 'DRIFT', 'AGE'],
          ['checkout-to-billing', 'True', 'InSync', 'checkout', 'checkout-role', '3', '2', 'AGE'],
        ]);
        const [heads, cells] = table(await kubectl(['get', 'xal', '-o', 'wide']));
        assert.deepEqual([heads?.at(-1), cells?.at(-1)], ['MESSAGE', 'All legs are in sync.']);
      });

      it('kubectl get prints the columns of an account', async () => {
        await patchStatus('awsaccount/billing', {
          observedGeneration: 1,
          links: 4,
          identityARN: 'arn:aws:sts::222222222222:assumed-role/op/x',
          conditions: [ready('False', 'WrongAccount', 'Correct accountID.')],
        });
        const [heads, cells] = table(await kubectl(['get', 'awsaccount']));
        assert.deepEqual(heads, ['NAME', 'ACCOUNT', 'READY', 'REASON', 'LINKS', 'LAST CHECK', 'AGE']);
        assert.deepEqual(cells?.slice(0, 5), ['billing', '222222222222', 'False', 'WrongAccount', '4']);
      });

      it('kubectl wait --for=condition=Ready works', async () => {
        await patchStatus('xal/checkout-to-billing', {
          conditions: [ready('True', 'InSync', 'All legs are in sync.')],
        });
        await kubectl(['wait', '--for=condition=Ready', '--timeout=5s', 'xal/checkout-to-billing']);
      });

      it('a status patch does not touch the spec, nor its generation', async () => {
        await patchStatus('xal/checkout-to-billing', { taskCount: 4 });
        const { metadata } = JSON.parse(await kubectl(['get', 'xal', 'checkout-to-billing', '-o', 'json']));
        assert.equal(metadata.generation, 1);
      });
    });

    it('kubectl explain reads well', async () => {
      const text = await kubectl(['explain', 'xal.spec.targetRole']);
      assert.match(text, /The IAM role in the target account that the state machine assumes/);
      assert.match(
        text,
        /adoptionPolicy\s+<string>\s+enum: Never, Adopt\s+What to do with a role of this ARN/,
      );
      assert.doesNotMatch(text, /<no description>/);
    });

    async function patchStatus(resource: string, status: object): Promise<void> {
      await kubectl([
        'patch',
        resource,
        '--subresource=status',
        '--type=merge',
        '-p',
        JSON.stringify({ status }),
      ]);
    }
  });
}

function ready(status: string, reason: string, message: string): object {
  return { type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-31T12:00:00Z' };
}

/** The cells of what `kubectl get` printed, ages as `AGE`. */
function table(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/).map((cell) => cell.trim().replace(/^\d+(?:s|m|m\d+s)$/, 'AGE')));
}
