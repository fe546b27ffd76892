/**
 * Getting started, once for each way in which the operator can get its identity: the document's own values, secrets and
 * manifests, on a real API server. Its commands are run in `test/machinery/deploy/getting-started.test.ts`. What only EKS, an
 * OIDC provider or AWS's login can do is not tried: that the pod really gets the token, and that STS accepts it.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SharedControlPlane } from '../../testbed/control-plane.ts';
import { openControlPlane } from '../../testbed/stage.ts';
import { about, present } from '../expectations.ts';
import { fencesOf, read } from '../pure/docs/markdown.ts';
import { CHART, openHelm, Rendered, type Helm } from './chart/helm.ts';

const DOCUMENT = read('docs/getting-started.md');
const NAMESPACE = 'crossaccountlink-system';

/** The text between a heading of the document and the next one. */
function section(heading: string): string {
  const [, after] = DOCUMENT.split(`\n${heading}\n`);
  return present(after, `getting started has no "${heading}"`).split(/\n#{2,3} /)[0] ?? '';
}

function fence(heading: string, info: string): string {
  const found = fencesOf(section(heading)).find((one) => one.info === info);
  return present(found, `"${heading}" has no ${info}`).text;
}

/** What `aws configure export-credentials --format env-no-export` prints. */
const KEYS = 'AWS_ACCESS_KEY_ID=AKIAEXAMPLE\nAWS_SECRET_ACCESS_KEY=secret\n';

interface Path {
  readonly name: string;
  /** The heading under which its values are. */
  readonly values: string;
  /** Whose credentials the operator gets. */
  readonly credentials?: string;
}

const PATHS: readonly Path[] = [
  {
    name: "an IAM user's keys",
    values: "### An IAM user's keys",
    credentials: KEYS,
  },
  {
    name: 'a session of SSO',
    values: "### An IAM user's keys",
    credentials: `${KEYS}AWS_SESSION_TOKEN=token\nAWS_CREDENTIAL_EXPIRATION=2026-12-01T00:00:00+00:00\n`,
  },
  {
    name: 'IRSA',
    values: '### IRSA',
  },
  {
    name: 'EKS Pod Identity',
    values: '### EKS Pod Identity',
  },
];

describe('getting started', () => {
  it.each(PATHS.filter(({ credentials }) => credentials === undefined))(
    'has EKS pull the image of a release, with $name',
    ({ values }) => {
      expect(parse(fence(values, 'yaml values'))).not.toHaveProperty('image');
    },
  );

  let controlPlane: SharedControlPlane;
  let helm: Helm;
  let folder: string;

  beforeAll(async () => {
    ({ controlPlane } = await openControlPlane());
    helm = await openHelm();
    folder = await mkdtemp(join(tmpdir(), 'xal-start-'));
    await kubectl(['create', 'namespace', 'payments']);
  });
  afterAll(async () => {
    await helm.close();
    await rm(folder, { recursive: true });
  });

  async function kubectl(args: readonly string[], input = ''): Promise<string> {
    const { stdout, stderr, exitCode } = await controlPlane.kubectl(args, { input });
    about(stderr, () => expect(exitCode).toBe(0));
    return stdout;
  }

  /** What `helm install` would apply. */
  async function manifests(values: string): Promise<string> {
    const file = join(folder, 'values.yaml');
    await writeFile(file, values);
    return helm.run('template', 'crossaccountlink', CHART, '-n', NAMESPACE, '-f', file);
  }

  async function removed(): Promise<void> {
    await kubectl(['delete', 'deployment,serviceaccount,secret', '--all', '-n', NAMESPACE]);
  }

  for (const { name, values, credentials } of PATHS) {
    describe(`with ${name}`, () => {
      it('installs the operator as the document has it, with credentials that a pod can start with', async () => {
        const rendered = await manifests(fence(values, 'yaml values'));
        await kubectl(
          ['apply', '-f', '-'],
          JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }),
        );
        if (credentials !== undefined) {
          const file = join(folder, 'keys.env');
          await writeFile(file, credentials);
          await kubectl([
            'create',
            'secret',
            'generic',
            'aws-session',
            '-n',
            NAMESPACE,
            `--from-env-file=${file}`,
          ]);
        }
        await kubectl(
          ['apply', '--server-side', '--force-conflicts', '--validate=strict', '-f', '-'],
          rendered,
        );
        const deployment = JSON.parse(
          await kubectl(['get', 'deployment', 'crossaccountlink', '-n', NAMESPACE, '-o', 'json']),
        );
        const secret = credentials === undefined ? {} : await secretData();
        const [container] = deployment.spec.template.spec.containers;
        expect(missingKeys(container.env, secret)).toStrictEqual([]);
        await removed();
      });
    });
  }

  async function secretData(): Promise<object> {
    return JSON.parse(await kubectl(['get', 'secret', 'aws-session', '-n', NAMESPACE, '-o', 'json'])).data;
  }

  it('annotates the ServiceAccount for IRSA, and lets pods reach the agent of Pod Identity', async () => {
    const irsa = new Rendered(await manifests(fence('### IRSA', 'yaml values')));
    expect(irsa.one('ServiceAccount')).toMatchObject({
      metadata: {
        name: 'crossaccountlink',
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::999999999999:role/crossaccountlink' },
      },
    });
    const pod = await manifests(fence('### EKS Pod Identity', 'yaml values'));
    expect(pod).toContain('169.254.170.23');
  });

  it('has its accounts and its link admitted', async () => {
    for (const heading of ['## 5. The accounts', '## 6. The link'])
      await kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], fence(heading, 'yaml'));
    const found = await kubectl(['get', 'awsaccounts,xal', '-A', '-o', 'name']);
    expect(found.trim().split('\n')).toHaveLength(3);
  });
});

interface Variable {
  readonly name: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly key: string; readonly optional?: boolean } };
}

/** Keys for which a pod would wait: a secret has to contain each that is not optional. */
function missingKeys(env: readonly Variable[], secret: object): readonly string[] {
  return env.flatMap(({ name, valueFrom }) => {
    const ref = valueFrom?.secretKeyRef;
    return ref === undefined || ref.optional === true || Object.hasOwn(secret, ref.key) ? [] : [name];
  });
}
