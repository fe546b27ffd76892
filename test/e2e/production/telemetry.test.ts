/** What an operator's operators look at: /metrics, /healthz, /readyz, /loglevel. */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { serveTelemetry } from '../../../src/telemetry/server.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { AdminApi } from '../../../testbed/kubernetes/admin-api.ts';
import { SOURCE, TARGET } from '../link/aws-owners.ts';
import { LOG_LEVEL, type LinkName } from '../link/scene.ts';
import { metrics, nameOf, series, withoutValue } from './prometheus.ts';
import { startReplicas, TENANT, type Replicas } from './replicas.ts';
import { about, narrow } from '../../expectations.ts';
import { document } from '../link/policies.ts';

const DENY = document({ Sid: 'Foreign', Effect: 'Deny', Action: '*', Resource: '*' });

/** Name, and how many samples there are before anything has happened; some labels only come with what happens. */
const FROM_THE_START = [
  ['controller_runtime_reconcile_total', 6],
  ['controller_runtime_reconcile_errors_total', 2],
  ['controller_runtime_reconcile_time_seconds_count', 2],
  ['controller_runtime_active_workers', 2],
  ['controller_runtime_max_concurrent_reconciles', 2],
  ['workqueue_depth', 2],
  ['workqueue_adds_total', 2],
  ['workqueue_retries_total', 2],
  ['workqueue_queue_duration_seconds_count', 2],
  ['workqueue_work_duration_seconds_count', 2],
  ['workqueue_unfinished_work_seconds', 2],
  ['workqueue_longest_running_processor_seconds', 2],
  ['leader_election_master_status', 1],
  ['rest_client_requests_total', 1],
  ['crossaccountlink_links', 2],
  ['crossaccountlink_ready_seconds_count', 1],
  ['crossaccountlink_drift_detected_total', 11],
  ['crossaccountlink_drift_repaired_total', 11],
  ['crossaccountlink_watch_age_seconds', 3],
] as const;

/** Present by name alone until an account is reached: {@link WITH_AN_ACCOUNT}. */
const WITH_AN_ACCOUNT = [
  'crossaccountlink_aws_calls_total',
  'crossaccountlink_aws_throttles_total',
  'crossaccountlink_snapshot_age_seconds',
  'crossaccountlink_event_queue_lag_seconds',
] as const;
const WITH_A_CALL = [
  'crossaccountlink_aws_call_duration_seconds_count',
  'crossaccountlink_lane_depth',
] as const;

/** Between two looks at what takes seconds: each has the operator and the API server work. */
const LONG_PAUSE_MS = 500;

describe('telemetry', () => {
  let replicas: Replicas;
  let url: string;
  let links: readonly LinkName[];
  let api: AdminApi;

  beforeAll(async () => {
    replicas = await startReplicas(['--watch-silence=6s', '--propagation-pause=1s']);
    api = new AdminApi(replicas.scene.stage.controlPlane);
    url = replicas.scene.operator.telemetryUrl;
    links = await replicas.link('one', 'two');
    for (const link of links) await replicas.scene.ready(link);
  });
  afterAll(async () => {
    await api.close();
    await replicas.stop();
  });

  describe('metrics', () => {
    it('of an operator that stands by are all there, at zero', async () => {
      const standby = await replicas.start();
      const text = await metrics(standby.process.telemetryUrl);
      for (const [name, samples] of FROM_THE_START) {
        const found = series(text).filter((line) => nameOf(line) === name);
        about(`${name} has ${found.length} samples`, () =>
          expect(found.length).toBeGreaterThanOrEqual(samples),
        );
      }
      for (const name of [...WITH_AN_ACCOUNT, ...WITH_A_CALL]) {
        expect(text).toMatch(new RegExp(`^# TYPE ${name.replace(/_count$/, '')} `, 'm'));
      }
      for (const name of ['controller_runtime_reconcile_total', 'crossaccountlink_drift_detected_total']) {
        const values = series(text).filter((line) => nameOf(line) === name);
        expect(values.every((line) => line.endsWith(' 0'))).toBe(true);
      }
      await standby.terminate();
    });

    it('of the leader name each account from the first call on', async () => {
      const lines = series(await metrics(url));
      for (const name of WITH_AN_ACCOUNT) {
        for (const account of [SOURCE, TARGET]) {
          const found = lines.some((line) => nameOf(line) === name && line.includes(`account="${account}"`));
          about(`${name} of ${account}`, () => expect(found).toBe(true));
        }
      }
      for (const name of WITH_A_CALL) expect(lines.some((line) => nameOf(line) === name)).toBe(true);
    });

    it('count links by condition, and how long each took, a pause for IAM included', async () => {
      expect(await value('crossaccountlink_links{condition="Ready",status="True",reason="InSync"}')).toBe(2);
      expect(await value('crossaccountlink_ready_seconds_count')).toBe(2);
      expect(await value('crossaccountlink_ready_seconds_sum')).toBeGreaterThanOrEqual(2);
    });

    it('stay about as many for many links that drift as for two, and name none', async () => {
      await drift(links);
      const few = new Set(series(await metrics(url)).map(withoutValue));
      const names = Array.from({ length: 25 }, (_, index) => `many-${index}`);
      const many = await replicas.link(...names);
      await replicas.scene.stage.kubectl(
        'wait',
        'xal',
        '--all',
        '-n',
        TENANT,
        '--for=condition=Ready',
        '--timeout=30s',
      );
      await drift(many.slice(0, 6));
      // Single links are reported up to a limit (--link-metrics-limit), in metrics of their own.
      const lines = series(await metrics(url))
        .map(withoutValue)
        .filter((line) => !line.startsWith('crossaccountlink_link_'));
      expect(lines.filter((line) => /many-|payments|Foreign/.test(line))).toStrictEqual([]);
      // An outcome that was not seen before may come, but not one sample a link. Node tells of a kind of garbage
      // collection when the first has happened.
      const added = lines.filter((line) => !few.has(line) && !line.startsWith('nodejs_'));
      expect(added.length).toBeLessThan(many.length / 2);
    });

    it('have no age of an account whose links are all suspended, because nobody looks there', async () => {
      const { kubectl } = replicas.scene.stage;
      const suspend = (suspended: boolean) =>
        kubectl(
          'patch',
          'xal',
          'one',
          '-n',
          TENANT,
          '--type=merge',
          '-p',
          `{"spec":{"suspend":${suspended}}}`,
        );
      await kubectl('delete', 'xal', '-n', TENANT, '--field-selector=metadata.name!=one', '--timeout=30s');
      await untilSnapshotAge('the look at the account to grow old', (seconds) =>
        expect(seconds).toBeGreaterThan(0),
      );
      await suspend(true);
      await untilSnapshotAge('no age to be reported', (seconds) => expect(seconds).toBe(0));
      await suspend(false);
      await untilSnapshotAge('an age to be reported again', (seconds) => expect(seconds).toBeGreaterThan(0));
    });

    it('of an account go with it', async () => {
      const { scene } = replicas;
      const account = '333333333333';
      await scene.register(account, []);
      await eventually('the account to be named', async () =>
        expect(await metrics(url)).toMatch(new RegExp(account)),
      );
      await scene.stage.kubectl('delete', 'awsaccount', `account-${account}`, '--timeout=10s');
      await eventually('the account to be forgotten', async () =>
        expect(await metrics(url)).not.toMatch(new RegExp(account)),
      );
    });
  });

  describe('health', () => {
    it('is fine while AWS is down', async () => {
      const { scene } = replicas;
      const outage = scene.aws.rules.add({ match: () => true, fault: { kind: 'cut' } });
      const [link] = links;
      narrow(link, link);
      await scene.annotate(link, 'crossaccountlink.dev/reconcile-requested-at=outage');
      await eventually('a call to fail', async () => {
        expect(await metrics(url)).toMatch(
          /^crossaccountlink_aws_calls_total\{.*outcome="retryable"\} [1-9]/m,
        );
      });
      await eventually(
        'the operator to be ready',
        async () => {
          await nudge();
          expect(await get('/readyz')).toStrictEqual({ status: 200, body: 'ok\n' });
        },
        { everyMs: LONG_PAUSE_MS },
      );
      expect(await get('/healthz')).toStrictEqual({ status: 200, body: 'ok\n' });
      expect((await get('/readyz?verbose')).status).toBe(200);
      outage.remove();
    });

    it('is not ready while the API server does not answer about one kind of objects, and says which', async () => {
      const { rules, watches } = replicas.scene.kubernetes;
      const deaf = rules.add({
        match: ({ resource }) => resource === 'crossaccountlinks',
        fault: { kind: 'cut' },
      });
      for (const watch of watches.matching(({ resource }) => resource === 'crossaccountlinks')) watch.cut();
      await eventually(
        'the operator to be deaf',
        async () => {
          await nudge();
          const { status, body } = await get('/readyz');
          expect(status).toBe(503);
          expect(body).toMatch(/^the API server has sent nothing about links for \d+ s\n$/);
        },
        { deadlineMs: 20_000, everyMs: LONG_PAUSE_MS },
      );
      expect(await value('crossaccountlink_watch_age_seconds{kind="links"}')).toBeGreaterThan(6);
      expect((await get('/healthz')).status).toBe(200);

      deaf.remove();
      await eventually(
        'the operator to hear again',
        async () => {
          await nudge();
          expect((await get('/readyz')).status).toBe(200);
        },
        { deadlineMs: 40_000, everyMs: LONG_PAUSE_MS },
      );
    });
  });

  describe('the log level', () => {
    it('can be changed from the pod itself while it runs', async () => {
      const [link] = links;
      narrow(link, link);
      expect((await get('/loglevel')).body).toBe(`${LOG_LEVEL}\n`);
      expect(await put(url, 'error')).toStrictEqual({ status: 200, body: 'error\n' });
      const logged = replicas.first().logs.length;
      await replicas.scene.reconcile(link);
      expect(replicas.first().logs.slice(logged)).toStrictEqual([]);
      expect(await put(url, `${LOG_LEVEL}\n`)).toStrictEqual({ status: 200, body: `${LOG_LEVEL}\n` });
      await replicas.scene.reconcile(link);
      await eventually('the reconcile to be logged', () =>
        expect(replicas.first().logs.slice(logged)).not.toStrictEqual([]),
      );
    });

    for (const body of ['', 'loud', 'x'.repeat(1_000_000)]) {
      it(`stays as it is when it is to be "${body.slice(0, 10)}", ${body.length} bytes`, async () => {
        const { status } = await put(url, body);
        expect(status).toBe(400);
        expect((await get('/loglevel')).body).toBe(`${LOG_LEVEL}\n`);
      });
    }

    it('cannot be changed over the network', async () => {
      await using cleanUp = new AsyncDisposableStack();
      const log = { level: 'info' };
      const { server, url: anywhere } = await serveTelemetry('0.0.0.0:0', {
        log,
        metrics: () => Promise.resolve(''),
        ready: () => [],
      });
      cleanUp.defer(() => void server.close());
      const { status } = await put(anywhere, 'trace', ownAddress());
      expect(status).toBe(403);
      expect(log.level).toBe('info');
    });
  });

  function untilSnapshotAge(what: string, check: (seconds: number) => void): Promise<void> {
    return eventually(what, async () => check(await snapshotAge()), { everyMs: LONG_PAUSE_MS });
  }

  function snapshotAge(): Promise<number> {
    return value(`crossaccountlink_snapshot_age_seconds{account="${TARGET}"}`);
  }

  /** Lets the API server speak of each kind of objects. */
  async function nudge(): Promise<void> {
    const ours = '/apis/crossaccountlink.dev/v1alpha1';
    const paths = [
      `${ours}/namespaces/${TENANT}/crossaccountlinks/one`,
      `${ours}/awsaccounts/account-${TARGET}`,
      `/api/v1/namespaces/${TENANT}`,
    ];
    const metadata = { labels: { nudged: String(Date.now()) } };
    await Promise.all(paths.map((path) => api.patch(path, { metadata })));
  }

  async function drift(drifting: readonly LinkName[]): Promise<void> {
    const { scene } = replicas;
    for (const { name } of drifting) {
      await scene.target.iam.send(
        new PutRolePolicyCommand({ RoleName: name, PolicyName: `Foreign-${name}`, PolicyDocument: DENY }),
      );
    }
    for (const link of drifting) {
      const { status } = await scene.reconcile(link);
      const fields = status.drift?.recent?.map(({ field }) => field);
      expect(fields).toContain(`inlinePolicies[Foreign-${link.name}].Statement[Foreign]`);
    }
  }

  async function get(path: string): Promise<{ status: number; body: string }> {
    const answer = await fetch(url + path);
    return { status: answer.status, body: await answer.text() };
  }

  async function value(sample: string): Promise<number> {
    const line = series(await metrics(url)).find((text) => withoutValue(text) === sample);
    return Number(line?.slice(line.lastIndexOf(' ')) ?? Number.NaN);
  }
});

/** An address of this machine that is not the loopback's usual one. */
function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find((each) => each?.family === 'IPv4' && !each.internal)?.address ?? '127.0.0.2';
}

function put(url: string, level: string, from = '127.0.0.1'): Promise<{ status: number; body: string }> {
  const { port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const outgoing = request(
    { method: 'PUT', host: from, localAddress: from, port, path: '/loglevel' },
    (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    },
  );
  outgoing.on('error', reject);
  outgoing.end(level);
  return promise;
}
