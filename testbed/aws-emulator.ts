/** AWS emulators on loopback: ministack, which enforces IAM; LocalStack, which runs state machines. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from './environment.ts';
import { eventually, Hopeless } from './eventually.ts';
import { onFreePort } from './ports.ts';
import { startService, type Service } from './process.ts';
import { scratchFolder } from './scratch.ts';
import { ensureLocalStack, ensureMinistack } from './tools/python-tools.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where an emulator is: plain text, so that it can be passed to another process. */
export interface EmulatorAddress {
  /** `http://127.0.0.1:PORT`: one endpoint for all services, Regions and accounts. */
  readonly url: string;
}

/** What can be done with an emulator that others use before and after. */
export interface SharedEmulator extends EmulatorAddress {
  /** Ends it, or gives it back. */
  stop(): Promise<void>;
}

export interface Emulator extends SharedEmulator {
  readonly service: Service;
  /** Ends the emulator. Its accounts and everything in them are gone. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** Account of callers whose key does not name one. */
  readonly accountId?: string;
}

/**
 * Starts ministack with IAM enforced: identity policies, trust policies, external ids, boundaries and session expiry. An account
 * exists as soon as somebody mentions it; {@link rootCredentials} give access.
 */
export async function startEmulator({ accountId = '000000000000' }: EmulatorOptions = {}): Promise<Emulator> {
  const python = await ensureMinistack();
  return start('ministack', (folder, port) => ({
    command: python,
    args: ['-m', 'uvicorn', 'ministack.app:app', '--host=127.0.0.1', `--port=${port}`, ...SERVER_FLAGS],
    health: '/_ministack/health',
    env: {
      AUTH: 'true',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: accountId,
      LOG_LEVEL: 'WARNING',
      TMPDIR: folder,
    },
  }));
}

/**
 * Starts LocalStack. Its interpreter runs state machines and assumes the role that each Task's Credentials name, so that a Task
 * reaches the account of this role. It enforces no IAM, and evaluates JSONata expressions only if Java is installed. An account
 * exists as soon as somebody mentions it; {@link rootCredentials} give access.
 */
export async function startLocalStack(): Promise<Emulator> {
  const python = await ensureLocalStack();
  return start('localstack', (folder, port) => ({
    command: python,
    args: ['-m', 'localstack.runtime.main'],
    health: '/_localstack/health',
    env: {
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DISABLE_EVENTS: '1',
      HOME: folder,
      TMPDIR: folder,
      XDG_CACHE_HOME: folder,
    },
  }));
}

/** Most of the time of a call goes into ministack's own server. With this one, whose parser is compiled, a call takes two fifths
 *  less. Ministack itself sends the headers that AWS has. */
const SERVER_FLAGS = [
  '--http=httptools',
  '--loop=asyncio',
  '--ws=none',
  '--log-level=warning',
  '--no-access-log',
  '--no-server-header',
  '--no-date-header',
  '--timeout-keep-alive=75',
  '--timeout-graceful-shutdown=1',
];

/** Removes all accounts from ministack, with everything in them, as a restart would. Requests that wait at a queue for messages
 *  go on waiting: tests that have queues polled start an emulator of their own. */
export async function emptyEmulator({ url }: EmulatorAddress): Promise<void> {
  const response = await fetch(`${url}/_ministack/reset`, { method: 'POST' });
  if (!response.ok)
    throw new Error(`the emulator was not emptied: ${response.status} ${await response.text()}`);
}

/** The root user of an account of the emulator: a key that is the account's id. */
export function rootCredentials(accountId: string): AwsCredentials {
  if (!/^\d{12}$/.test(accountId)) throw new Error(`${accountId} is no account id`);
  return { accessKeyId: accountId, secretAccessKey: 'test' };
}

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Path that answers 200 once the server is up. */
  readonly health: string;
  readonly env: Readonly<Record<string, string>>;
}

async function start(name: string, launch: (folder: string, port: number) => Launch): Promise<Emulator> {
  const folder = scratchFolder(name);
  const boot = async (port: number) => {
    const { command, args, health, env } = launch(folder, port);
    const service = startService(name, command, args, {
      cwd: folder,
      env: cleanEnvironment({ PYTHONDONTWRITEBYTECODE: '1', ...env }),
      logFile: join(folder, `${name}.log`),
      graceSeconds: 2,
    });
    try {
      await untilHealthy(service, `http://127.0.0.1:${port}${health}`);
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  };
  const { port, service } = await onFreePort(boot).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    service,
    async stop() {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilHealthy(service: Service, url: string): Promise<void> {
  await eventually(
    `${service.name} to be up`,
    async () => {
      if (!service.running())
        throw new Hopeless(`${service.name} ended while booting:\n${service.logTail()}`);
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${url} answers ${response.status}`);
    },
    { deadlineMs: 60_000 },
  );
}
