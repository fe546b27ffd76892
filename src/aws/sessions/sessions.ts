/** The SDK clients of each account in which the operator works. */
import { IAMClient } from '@aws-sdk/client-iam';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient, type AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider, HttpHandlerOptions } from '@smithy/types';
import { homeRegion, partitionOfRegion } from '../../arn/partitions.ts';
import type { Clock } from '../../base/clock.ts';
import { BaseIdentity } from './base-identity.ts';
import { RecentMap } from '../../base/recent-map.ts';
import {
  assumedCredentials,
  ownCredentials,
  renewing,
  type AssumedRole,
  type RenewingCredentials,
} from './credentials.ts';
import { EXPIRED, isExplicitDenial, USELESS_KEY } from './dead-sessions.ts';
import { addFence } from '../transport/fence.ts';
import { MOST_REGIONS, type Rates } from '../pace/quotas.ts';
import { repeatIamCalls, repeatStatesCalls } from '../transport/frequent-calls.ts';
import { StsClients, StsRegion } from './sts.ts';
import { Transport, type Environment } from '../transport/transport.ts';

/** How the operator reaches an account: what an AWSAccount says about it. */
export interface AccountConfig {
  readonly accountId: string;
  readonly partition: string;
  /** Left out: the operator's own credentials. */
  readonly assumeRole?: AssumedRole;
  /** The Region whose STS opens its sessions; left out: the operator's own Region, or the partition's home. */
  readonly region?: string;
  /** Whether all roles are read at once, or one by one as they are needed. */
  readonly roleReads?: 'Account' | 'PerRole';
  readonly rates?: Rates;
}

interface SessionSettings {
  /** The fence: whether this process is sure to be the leader for as long as a write may take. */
  readonly mayWrite: () => boolean;
  readonly clock: Clock;
  readonly environment: Environment;
  /** The operator's version, for the user agent. */
  readonly version: string;
}

/** One account as the SDK reaches it. */
export interface AwsSession {
  readonly iamRegion: string;
  readonly stsRegion: Pick<StsRegion, 'name' | 'disabled'>;
  readonly iam: IAMClient;
  /** The operator's identity here, once AWS was asked (`verifyIdentity`). */
  identityArn: string | undefined;
  states(region: string): SFNClient;
  sqs(region: string): SQSClient;
  /** Makes a call to STS, in the Region where it answers for this account. */
  sts<Answer>(call: (sts: STSClient) => Promise<Answer>): Promise<Answer>;
  /** The operator's identity before it assumes the account's role; undefined while AWS does not say. */
  baseArn(): Promise<string | undefined>;
  /** Whether this process has used an access key in the account: the name of a session may not show that. */
  hasUsed(accessKeyId: string): boolean;
  /** When the session was opened, in monotonic milliseconds: calls that began before have waited for it. */
  readonly openedAt: number;
  /** The operator's identity in this account, as far as it is known, for the audit log. */
  readonly who: string;
  /** Lets the next call ask AWS for a session, although the last one was refused. */
  retry(): void;
  /** To be called when AWS said that the session has expired, or is unknown: the next call opens a new one. */
  renew(): void;
  /** How often it was renewed. */
  readonly renewals: number;
  /** To be called when AWS refused a call that may be allowed to a new session, with the number of renewals when it was sent.
   *  Returns whether the next call has a new session. One is opened every five minutes at most, whatever is refused meanwhile. */
  renewRefused(renewals: number): boolean;
}

/** The session may have been revoked, or everything may be refused in any case. */
const RENEW_REFUSED_EVERY_MS = 5 * 60_000;

/** The sessions of all accounts; the real ones are below, simulations have models. */
export interface SessionSource {
  /** The session of an account; a new one if its AWSAccount has changed. */
  of(config: AccountConfig): AwsSession;
  close(): void;
}

/** What the sessions of all accounts share. */
interface SharedSessionParts {
  /** The operator's own credentials, and their identity. */
  readonly own: RenewingCredentials;
  readonly base: BaseIdentity;
  readonly transport: Transport;
  readonly settings: SessionSettings;
}

/** The clients of one account. Their credentials are renewed before they expire. */
class AccountSession implements AwsSession {
  readonly config: AccountConfig;
  readonly iamRegion: string;
  readonly stsRegion: StsRegion;
  readonly iam: IAMClient;
  identityArn: string | undefined;
  #renewals = 0;
  /** Monotonic milliseconds. */
  #renewedRefusedAt = Number.NEGATIVE_INFINITY;
  readonly #settings: SessionSettings;
  readonly #transport: Transport;
  readonly #own: RenewingCredentials;
  readonly #credentials: RenewingCredentials;
  readonly #sts: StsClients;
  /** Clients with the operator's own credentials. */
  readonly #ownSts: StsClients;
  readonly #base: BaseIdentity;
  readonly #states = new RecentMap<SFNClient>(MOST_REGIONS);
  readonly #sqs = new Map<string, SQSClient>();

  constructor(config: AccountConfig, { own, base, transport, settings }: SharedSessionParts) {
    this.config = config;
    this.iamRegion = homeRegion(config.partition);
    this.stsRegion = new StsRegion(stsRegionOf(config, settings.environment), this.iamRegion, () =>
      settings.clock.monotonicMs(),
    );
    this.#settings = settings;
    this.#transport = transport;
    this.#own = own;
    this.#base = base;
    this.#ownSts = new StsClients(
      (region) => new STSClient({ ...transport.shared, region, credentials: own.provider }),
    );
    this.#credentials =
      config.assumeRole === undefined ? own : renewing(this.#assumed(config.assumeRole), settings.clock);
    this.iam = new IAMClient(this.#clientConfig(this.iamRegion));
    this.#sts = new StsClients((region) => new STSClient(this.#clientConfig(region)));
    repeatIamCalls(this.iam, this.#repeatedCallsParts());
    addFence(this.iam.middlewareStack, settings.mayWrite);
  }

  states(region: string): SFNClient {
    const known = this.#states.get(region);
    if (known !== undefined) return known;
    const client = new SFNClient(this.#clientConfig(region));
    repeatStatesCalls(client, this.#repeatedCallsParts());
    addFence(client.middlewareStack, this.#settings.mayWrite);
    this.#states.set(region, client);
    return client;
  }

  /** A queue is called at the host in its URL, unless the environment names an endpoint for all. */
  sqs(region: string): SQSClient {
    const { AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL } = this.#settings.environment;
    const useQueueUrlAsEndpoint = (AWS_ENDPOINT_URL_SQS ?? AWS_ENDPOINT_URL) === undefined;
    const client =
      this.#sqs.get(region) ??
      new SQSClient({ ...this.#clientConfig(region), useQueueUrlAsEndpoint, logger: SILENT });
    this.#sqs.set(region, client);
    return client;
  }

  /** Opens the session first: that finds out where STS answers for this account. */
  async sts<Answer>(call: (sts: STSClient) => Promise<Answer>): Promise<Answer> {
    await this.#credentials.provider();
    return this.stsRegion.run((region) => call(this.#sts.of(region)));
  }

  baseArn(): Promise<string | undefined> {
    return this.#base.arn(async () => {
      const { name } = this.stsRegion;
      return (await this.#ownSts.of(name).send(new GetCallerIdentityCommand({}))).Arn;
    });
  }

  hasUsed(accessKeyId: string): boolean {
    return this.#credentials.hasUsed(accessKeyId);
  }

  get openedAt(): number {
    return this.#credentials.cameAt;
  }

  get who(): string {
    return this.identityArn ?? this.config.assumeRole?.arn ?? `the operator's own credentials`;
  }

  retry(): void {
    this.#own.retry();
    this.#credentials.retry();
  }

  renew(): void {
    this.#renewals += 1;
    this.#credentials.forget();
  }

  get renewals(): number {
    return this.#renewals;
  }

  renewRefused(renewals: number): boolean {
    if (this.#renewals > renewals) return true;
    const now = this.#settings.clock.monotonicMs();
    if (now - this.#renewedRefusedAt < RENEW_REFUSED_EVERY_MS) return false;
    this.#renewedRefusedAt = now;
    this.renew();
    return true;
  }

  /** Sessions of a role. If STS says that the operator's own credentials have expired, were revoked or are wrong, these are
   *  renewed, too. */
  #assumed(role: AssumedRole): AwsCredentialIdentityProvider {
    const ask = (command: AssumeRoleCommand, options: HttpHandlerOptions) =>
      this.stsRegion.run((region) => this.#ownSts.of(region).send(command, options));
    const send = async (command: AssumeRoleCommand, options: HttpHandlerOptions) => {
      try {
        return await ask(command, options);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (EXPIRED.has(error.name)) this.#own.forget();
        else if (USELESS_KEY.has(error.name)) this.#own.distrust();
        else if (isExplicitDenial(error) && this.#own.distrust()) return ask(command, options);
        throw error;
      }
    };
    return assumedCredentials(send, this.config.accountId, role, this.#settings.clock);
  }

  #clientConfig(region: string) {
    return { ...this.#transport.shared, region, credentials: this.#credentials.provider };
  }

  #repeatedCallsParts() {
    return { credentials: this.#credentials.provider, mayWrite: this.#settings.mayWrite };
  }
}

/** The AWSAccount's choice, or else the operator's own Region if it is in the partition, or else the partition's home. */
function stsRegionOf({ partition, region }: AccountConfig, environment: Environment): string {
  const own = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? '';
  return region ?? (partitionOfRegion(own) === partition ? own : homeRegion(partition));
}

/** The SDK would otherwise write to our log, in its own form, that a queue's URL is not at the Region's endpoint. */
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Failures are thrown; the caller logs them.
}

/** All accounts' sessions, on shared sockets. */
export class Sessions implements SessionSource {
  readonly #shared: SharedSessionParts;
  readonly #sessions = new Map<string, { session: AccountSession; key: string }>();

  constructor(settings: SessionSettings) {
    const transport = new Transport(settings.environment, settings.version);
    const own = renewing(ownCredentials(transport.shared, settings.environment), settings.clock);
    this.#shared = { own, base: new BaseIdentity(), transport, settings };
  }

  of(config: AccountConfig): AccountSession {
    const { partition, assumeRole, region } = config;
    const key = JSON.stringify([partition, region, assumeRole?.arn, assumeRole?.externalId]);
    const known = this.#sessions.get(config.accountId);
    if (known?.key === key) return known.session;
    const session = new AccountSession(config, this.#shared);
    this.#sessions.set(config.accountId, { session, key });
    return session;
  }

  close(): void {
    this.#shared.transport.close();
  }
}
