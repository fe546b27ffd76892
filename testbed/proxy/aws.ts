/** The proxy before an AWS emulator. */
import { splitArn } from '../../src/arn/parts.ts';
import { readAwsCall, type AwsCall, type Holder } from './aws-call.ts';
import type { Answer } from './rules.ts';
import { startProxy, type Proxy } from './server.ts';

export interface AwsProxy extends Proxy<AwsCall> {
  /** Makes a key known that AWS did not give out through the proxy. */
  know(accessKeyId: string, holder: Holder): void;
}

/**
 * Starts a proxy before the emulator at `emulatorUrl`. It knows who makes each call: 12-digit keys are roots, and the keys of
 * sessions are read from the answers of AssumeRole.
 */
export async function startAwsProxy(emulatorUrl: string): Promise<AwsProxy> {
  const holders = new Map<string, Holder>();
  const holderOf = (accessKeyId: string): Holder | undefined =>
    /^\d{12}$/.test(accessKeyId)
      ? { accountId: accessKeyId, arn: `arn:aws:iam::${accessKeyId}:root` }
      : holders.get(accessKeyId);
  const proxy = await startProxy<AwsCall>(emulatorUrl, {
    read: (request) => readAwsCall(request, holderOf),
    nameOf: ({ service, operation, accountId }) => `${service}:${operation} ${accountId}`,
    learn: (call, answer) => {
      const session = call.operation.startsWith('AssumeRole') ? readSession(answer) : undefined;
      if (session !== undefined) holders.set(session.accessKeyId, session);
    },
  });
  return { ...proxy, know: (accessKeyId, holder) => holders.set(accessKeyId, holder) };
}

function readSession({ status, body }: Answer): (Holder & { readonly accessKeyId: string }) | undefined {
  if (status !== 200) return undefined;
  const text = body.toString();
  const accessKeyId = /<AccessKeyId>([^<]+)</.exec(text)?.[1];
  const arn = /<AssumedRoleUser>.*?<Arn>([^<]+)</s.exec(text)?.[1];
  if (accessKeyId === undefined || arn === undefined) return undefined;
  return { accessKeyId, accountId: splitArn(arn).accountId, arn };
}
