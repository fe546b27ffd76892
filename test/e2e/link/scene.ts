/** The people of these tests: a platform team that registers accounts, and tenants who own machines and apply links. */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { AWSAccountSpec, CrossAccountLinkSpec } from '../../../src/api/generated.ts';
import { parseAWSAccount, type AWSAccount } from '../../../src/api/awsaccount.ts';
import { parseCrossAccountLink, type CrossAccountLink } from '../../../src/api/crossaccountlink.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { AdminApi, ApiRefusal } from '../../../testbed/kubernetes/admin-api.ts';
import { ObjectChanges } from '../../../testbed/kubernetes/object-changes.ts';
import type { OperatorProcess } from '../../../testbed/operator.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { startAwsProxy, type AwsProxy } from '../../../testbed/proxy/aws.ts';
import { startKubernetesProxy, type KubernetesProxy } from '../../../testbed/proxy/kubernetes.ts';
import {
  OPERATOR_EXTERNAL_ID,
  OPERATOR_ROLE,
  startStage,
  type Stage,
  type StageOptions,
} from '../../../testbed/stage.ts';
import { AwsOwners, SOURCE, TARGET } from './aws-owners.ts';
import { expectCondition, summary, type Expectation } from './conditions.ts';

export interface LinkName {
  readonly namespace: string;
  readonly name: string;
}

export interface SceneOptions extends Partial<StageOptions> {
  readonly flags?: readonly string[];
}

/** Boots everything, and starts the operator with a proxy on each side. {@link SOURCE} and {@link TARGET} are registered for
 *  namespaces that {@link Scene.tenant} makes. */
export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const accounts = [SOURCE, TARGET, ...(options.accounts ?? [])];
  const stage = await startStage({ ...options, accounts });
  const aws = await startAwsProxy(stage.emulator.url);
  const kubernetes = await startKubernetesProxy(stage.controlPlane);
  const scene = new Scene(stage, aws, kubernetes, options.flags ?? []);
  try {
    await scene.register(SOURCE, [{ namespaces: TENANTS, asSource: MACHINES }]);
    await scene.register(TARGET, [{ namespaces: TENANTS, asTarget: ROLES }]);
    await scene.startOperator();
  } catch (error) {
    await scene.stop();
    throw error;
  }
  return scene;
}

/** How many links are shown with a failing test: as many as tests run at once. */
const LINKS_SHOWN = 4;

type Access = NonNullable<AWSAccountSpec['access']>;

/** For a scene's operators: each check then has its line, even one that found everything as it was. */
export const LOG_LEVEL = 'debug';

export const TENANTS: Access[number]['namespaces'] = { selector: { matchLabels: { tenant: 'true' } } };
export const MACHINES: NonNullable<Access[number]['asSource']> = {
  stateMachines: ['*'],
  executionRoles: [`arn:aws:iam::${SOURCE}:role/tenants/*`],
};
export const ROLES: NonNullable<Access[number]['asTarget']> = {
  rolePathPrefix: '/crossaccountlink/',
  allowedActions: ['sqs:SendMessage', 'dynamodb:PutItem', 'dynamodb:GetItem'],
  allowedResources: [`arn:aws:sqs:us-east-1:${TARGET}:*`, `arn:aws:dynamodb:us-east-1:${TARGET}:table/*`],
};

/** Quotas, and waiting because of them, are tested elsewhere. */
const RATES = { iam: { burst: 1_000, perSecond: 100 }, states: { burst: 1_000, perSecond: 100 } };

export class Scene extends AwsOwners {
  readonly stage: Stage;
  readonly aws: AwsProxy;
  readonly kubernetes: KubernetesProxy;
  readonly #flags: readonly string[];
  readonly #api: AdminApi;
  readonly #linkChanges: ObjectChanges;
  readonly #accountChanges: ObjectChanges;
  #operator: OperatorProcess | undefined;
  /** Links that were looked at last and their status then, the latest at the end: printed when a test fails. */
  readonly #seen = new Map<string, string>();
  readonly #witness = (failure: string): string => {
    const links = [...this.#seen]
      .slice(-LINKS_SHOWN)
      .filter(([, status]) => !failure.includes(status))
      .map(([name, status]) => `Link ${name}: ${status}`);
    this.#seen.clear();
    return links.join('\n');
  };

  constructor(stage: Stage, aws: AwsProxy, kubernetes: KubernetesProxy, flags: readonly string[]) {
    super(stage.emulator.url);
    this.stage = stage;
    this.aws = aws;
    this.kubernetes = kubernetes;
    this.#flags = flags;
    this.#api = new AdminApi(stage.controlPlane);
    this.#linkChanges = new ObjectChanges(this.#api, `${OURS}/crossaccountlinks`);
    this.#accountChanges = new ObjectChanges(this.#api, `${OURS}/awsaccounts`);
    globalThis.testFile?.witnesses.add(this.#witness);
  }

  get operator(): OperatorProcess {
    if (this.#operator === undefined) throw new Error('no operator was started');
    return this.#operator;
  }

  async startOperator(): Promise<void> {
    this.#operator = await this.stage.operator({
      awsUrl: this.aws.url,
      kubernetesUrl: this.kubernetes.url,
      flags: [`--log-level=${LOG_LEVEL}`, ...this.#flags],
    });
  }

  async stop(): Promise<void> {
    globalThis.testFile?.witnesses.delete(this.#witness);
    await this.stage.stop();
    this.#linkChanges.close();
    this.#accountChanges.close();
    await this.#api.close();
    await Promise.all([this.aws.stop(), this.kubernetes.stop()]);
  }

  /** As the platform team: an AWSAccount named `account-ID`, unless `name` says otherwise. */
  async register(
    accountID: string,
    access: Access,
    spec: Partial<AWSAccountSpec> = {},
    name = `account-${accountID}`,
  ): Promise<void> {
    const assumeRole = {
      arn: `arn:aws:iam::${accountID}:role/${OPERATOR_ROLE}`,
      externalID: OPERATOR_EXTERNAL_ID,
    };
    await this.#apply(`${OURS}/awsaccounts/${name}`, {
      kind: 'AWSAccount',
      metadata: { name },
      spec: { accountID, assumeRole, driftCheckInterval: '30s', rates: RATES, access, ...spec },
    });
  }

  /** A namespace that both accounts know as a tenant's. */
  async tenant(name: string): Promise<void> {
    const body = { metadata: { name, labels: { tenant: 'true' } } };
    await this.#api.call('POST', '/api/v1/namespaces', { body });
  }

  async link(link: LinkName, spec: CrossAccountLinkSpec): Promise<void> {
    const { namespace, name } = link;
    await this.#apply(pathOf(link), { kind: 'CrossAccountLink', metadata: { namespace, name }, spec });
  }

  async get(link: LinkName): Promise<CrossAccountLink> {
    const object = parseCrossAccountLink(await this.#api.get(pathOf(link)));
    const name = `${link.namespace}/${link.name}`;
    this.#seen.delete(name);
    this.#seen.set(name, summary(object));
    return object;
  }

  async account(name: string): Promise<AWSAccount> {
    return parseAWSAccount(await this.#api.get(`${OURS}/awsaccounts/${name}`));
  }

  /** Waits until the operator has said this about the link's latest spec. */
  async until(link: LinkName, expectation: Expectation, deadlineMs = 15_000): Promise<CrossAccountLink> {
    return eventually(
      `${link.namespace}/${link.name} to be ${inspect(expectation)}`,
      async () => {
        const object = await this.get(link);
        expectCondition(object, expectation);
        return object;
      },
      { deadlineMs, nextChange: this.#nextChange(link) },
    );
  }

  ready(link: LinkName): Promise<CrossAccountLink> {
    return this.until(link, { status: 'True' });
  }

  async untilAccount(name: string, expectation: Expectation, deadlineMs = 15_000): Promise<AWSAccount> {
    return eventually(
      `AWSAccount ${name} to be ${inspect(expectation)}`,
      async () => {
        const object = await this.account(name);
        expectCondition(object, expectation);
        return object;
      },
      { deadlineMs, nextChange: () => this.#accountChanges.next('', name) },
    );
  }

  /** Asks for a reconcile now, and waits until it is answered. */
  async reconcile(link: LinkName): Promise<CrossAccountLink> {
    const token = crypto.randomUUID();
    await this.annotate(link, `crossaccountlink.dev/reconcile-requested-at=${token}`);
    return eventually(
      `the reconcile of ${link.name} to be answered`,
      async () => {
        const object = await this.get(link);
        if (object.status.lastHandledReconcileAt !== token) throw new Error(summary(object));
        return object;
      },
      { nextChange: this.#nextChange(link) },
    );
  }

  /** Each as `KEY=VALUE`. */
  async annotate(link: LinkName, ...annotations: readonly string[]): Promise<void> {
    const pairs = annotations.map((text) => [text.split('=', 1)[0], text.slice(text.indexOf('=') + 1)]);
    await this.#api.patch(pathOf(link), { metadata: { annotations: Object.fromEntries(pairs) } });
  }

  async patch(link: LinkName, spec: object): Promise<void> {
    await this.#api.patch(pathOf(link), { spec });
  }

  /** Like `kubectl delete`, which waits until the finalizer is gone. */
  async delete(link: LinkName): Promise<void> {
    await this.startDeleting(link);
    await this.untilGone(link);
  }

  /** Like `kubectl delete --wait=false`, for a link that is expected to stay a while. */
  async startDeleting(link: LinkName): Promise<void> {
    await this.#api.call('DELETE', pathOf(link));
  }

  async untilGone(link: LinkName, deadlineMs = 20_000): Promise<void> {
    await eventually(
      `${link.namespace}/${link.name} to be gone`,
      async () => {
        const object = await this.get(link).catch((error: unknown) => {
          if (error instanceof ApiRefusal && error.status === 404) return undefined;
          throw error;
        });
        if (object !== undefined) throw new Error(summary(object));
      },
      { deadlineMs, nextChange: this.#nextChange(link) },
    );
  }

  #nextChange({ namespace, name }: LinkName): () => Promise<void> {
    return () => this.#linkChanges.next(namespace, name);
  }

  /** Reason and message of every Event about the link. */
  async events({ namespace, name }: LinkName): Promise<string> {
    const query = `fieldSelector=involvedObject.name=${name}`;
    const events = await this.#api.list(`/api/v1/namespaces/${namespace}/events?${query}`);
    return events
      .map(Object)
      .map(({ type, reason, message }) => `${type} ${reason} ${message}\n`)
      .join('');
  }

  /** Events come later than what they report. */
  async untilEvent(link: LinkName, event: RegExp): Promise<void> {
    await eventually(`an Event ${event}`, async () => {
      const events = await this.events(link);
      if (!event.test(events)) throw new Error(events);
    });
  }

  /** The operator's writes so far to the role or machine with this name, as the proxy saw them. */
  writesOn(name: string): readonly AwsCall[] {
    return this.aws.calls.matching((call) => call.write && objectOf(call) === name).map(({ call }) => call);
  }

  /** Waits until the operator has written everything to the API server: Events come later than the status. */
  async allReported(): Promise<void> {
    let seen = -1;
    await eventually(
      'the operator to have no more to write',
      async () => {
        const now = this.kubernetes.calls.count(({ write }) => write);
        const quiet = now === seen;
        seen = now;
        if (!quiet) throw new Error(`${now} writes`);
        // An account's number of links is reported some seconds after they came.
        for (const { accountID, links, counted } of await this.#linkCounts())
          if (links !== counted)
            throw new Error(`AWSAccount of ${accountID} reports ${counted} of ${links} links`);
      },
      { everyMs: 500 },
    );
  }

  async #linkCounts() {
    const [accounts, links] = await Promise.all(
      ['awsaccounts', 'crossaccountlinks'].map((kind) => this.#api.list(`${OURS}/${kind}`)),
    );
    const specs = (links ?? []).map((item) => parseCrossAccountLink(item).spec);
    return (accounts ?? []).map(parseAWSAccount).map(({ spec: { accountID }, status }) => ({
      accountID,
      links: specs.filter(({ stateMachineARN, targetRole }) =>
        [stateMachineARN, targetRole.arn].some((arn) => arn.split(':')[4] === accountID),
      ).length,
      counted: status.links ?? 0,
    }));
  }

  /** Everything that the operator has logged so far. */
  logLines(): readonly Readonly<Record<string, unknown>>[] {
    return readFileSync(this.operator.logFile, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => Object(JSON.parse(line)));
  }

  async #apply(path: string, object: object): Promise<void> {
    await this.#api.apply(path, { apiVersion: 'crossaccountlink.dev/v1alpha1', ...object });
  }
}

const OURS = '/apis/crossaccountlink.dev/v1alpha1';

function pathOf({ namespace, name }: LinkName): string {
  return `${OURS}/namespaces/${namespace}/crossaccountlinks/${name}`;
}

/** Name of the role or state machine that a call is about. */
export function objectOf({ parameters }: AwsCall): string | undefined {
  return parameters.get('RoleName') ?? parameters.get('stateMachineArn')?.split(':')[6];
}
