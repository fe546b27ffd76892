/** AWS as one process sees it: the SDK's clients with the model behind them, through a network that delays and loses messages. */
import { Readable } from 'node:stream';
import { IAMClient } from '@aws-sdk/client-iam';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { HttpHandlerOptions } from '@smithy/types';
import { Fenced } from '../../src/aws/errors/errors.ts';
import { isWrite } from '../../src/aws/transport/fence.ts';
import type { AccountConfig, AwsSession, SessionSource } from '../../src/aws/sessions/sessions.ts';
import { accountPage } from './account-page.ts';
import { AwsError, type AwsModel, type Caller } from './aws-model.ts';
import { callModel } from './aws-operations.ts';
import type { Outage } from './history.ts';
import type { Life } from './life.ts';
import type { Scheduler } from './scheduler.ts';
import type { Weather } from './weather.ts';

export interface SessionsParts {
  readonly model: AwsModel;
  readonly life: Life;
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly mayWrite: () => boolean;
  readonly onCall: (life: Life, call: string) => void;
  readonly beforeEffect: (call: string) => void;
  readonly caller: Caller;
}

/** What the SDK's clients are given to send. */
export interface Command {
  readonly input: Readonly<Record<string, unknown>>;
  readonly middlewareStack: {
    resolve(handler: (args: object) => Promise<object>, context: object): (args: object) => Promise<object>;
  };
}

const OPERATOR = 'User: arn:aws:sts::999999999999:assumed-role/operator/crossaccountlink is not authorized';

/** What every call gets, in AWS's words. Nobody can assume a role into a suspended or closed account, as people report who met
 *  one (https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/727). */
const REFUSALS: Readonly<Record<Outage, (accountId: string, operation: string) => AwsError>> = {
  suspended: (accountId) =>
    new AwsError(
      'AccessDenied',
      `${OPERATOR} to perform: sts:AssumeRole on resource: arn:aws:iam::${accountId}:role/operator`,
      403,
    ),
  revoked: () =>
    new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
  denied: (accountId, operation) =>
    new AwsError(
      'AccessDenied',
      `${OPERATOR} to perform: iam:${operation} on resource: arn:aws:iam::${accountId}:role/any with an explicit deny in a service control policy`,
      403,
    ),
};

export class SimulatedSessions implements SessionSource {
  readonly #parts: SessionsParts;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  of({ accountId }: AccountConfig): AwsSession {
    return sessionOf((command, options) => this.#send(accountId, command, options));
  }

  close(): void {
    // There are no sockets.
  }

  #send(accountId: string, command: Command, { requestTimeout }: HttpHandlerOptions): Promise<object> {
    const { life, scheduler, weather, mayWrite, onCall, beforeEffect } = this.#parts;
    const { promise, resolve, reject } = Promise.withResolvers<object>();
    const operation = command.constructor.name.replace(/Command$/, '');
    if (isWrite(operation) && !mayWrite()) return Promise.reject(new Fenced());
    const call = `${operation} ${objectOf(accountId, command)}`;
    if (!life.calls(call)) return promise;
    onCall(life, call);
    const fate = weather.fate('aws');
    if (requestTimeout === undefined) throw new Error(`nothing limits how long ${call} may take`);
    const fail = (error: unknown) => void life.after(weather.latencyMs(), () => reject(error));
    scheduler.after(weather.latencyMs(), () => {
      if (fate === 'throttled') return fail(new AwsError('ThrottlingException', 'Rate exceeded'));
      if (fate === 'failed') return fail(new AwsError('ServiceFailure', 'internal', 500));
      if (fate === 'dropped') return void life.after(requestTimeout, () => reject(timedOut()));
      const outage = weather.outage(accountId);
      if (outage !== undefined) return fail(REFUSALS[outage](accountId, operation));
      beforeEffect(call);
      try {
        const answer = this.#effect(accountId, operation, command);
        if (fate === 'lost') life.after(requestTimeout, () => reject(timedOut()));
        else life.after(weather.latencyMs() + pollMs(operation, answer), () => resolve(answer));
      } catch (error) {
        fail(error);
      }
    });
    return promise;
  }

  #effect(accountId: string, operation: string, command: Command): object | Promise<object> {
    const { model, caller } = this.#parts;
    model.caller = caller;
    return operation === 'GetAccountAuthorizationDetails'
      ? this.#streamAccount(accountId, command)
      : callModel(model, accountId, operation, command.input);
  }

  /** The operator reads this answer itself, in a middleware of the command. */
  #streamAccount(accountId: string, { middlewareStack }: Command): Promise<object> {
    const { model, scheduler, weather } = this.#parts;
    const body = Readable.from([
      Buffer.from(accountPage(model, model.rolesBefore(accountId, weather.iamLagMs()))),
    ]);
    const answer = { response: { statusCode: 200, body }, output: {} };
    const read = middlewareStack.resolve(() => Promise.resolve(answer), {});
    return scheduler.hold(() => read({}));
  }
}

type Send = (command: Command, options: HttpHandlerOptions) => Promise<object>;

/** The session of an account whose calls all go through `send`. */
export function sessionOf(send: Send): AwsSession {
  const states = clientOf(SFNClient, send);
  const sqs = clientOf(SQSClient, send);
  const sts = clientOf(STSClient, send);
  return {
    iamRegion: 'us-east-1',
    stsRegion: { name: 'us-east-1', disabled: undefined },
    iam: clientOf(IAMClient, send),
    identityArn: undefined,
    states: () => states,
    sqs: () => sqs,
    sts: (call) => call(sts),
    hasUsed: () => false,
    openedAt: Number.NEGATIVE_INFINITY,
    who: 'the operator',
    baseArn: () => Promise.resolve(undefined),
    renew: () => undefined,
    renewals: 0,
    renewRefused: () => false,
    retry: () => undefined,
  };
}

/** An object that passes for a client of the SDK. Making a real client takes a millisecond. */
function clientOf<Client extends object>({ prototype }: { readonly prototype: Client }, send: Send): Client {
  const client: Client = Object.create(prototype);
  return Object.assign(client, { send });
}

/** How long a long poll of an empty queue takes. */
function pollMs(operation: string, answer: object): number {
  return operation === 'ReceiveMessage' && !('Messages' in answer) ? 20_000 : 0;
}

function timedOut(): Error {
  const error = new Error('no answer in time');
  error.name = 'TimeoutError';
  return error;
}

function objectOf(accountId: string, { input }: Command): string {
  const name = input['RoleName'] ?? input['stateMachineArn'] ?? input['PolicyArn'] ?? '';
  return `${accountId} ${String(name)}`;
}
