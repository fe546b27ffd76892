/** Child processes that end with their parent, however it ends (see guard.sh). */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './environment.ts';
import './test-file.ts';

const GUARD = fileURLToPath(new URL('guard.sh', import.meta.url));

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell reports it: 128 + the signal's number if a signal ended the process. */
  readonly exitCode: number;
}

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment; {@link cleanEnvironment} unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Text for standard input, which is empty unless given. */
  readonly input?: string;
  /** After how many milliseconds the process is ended; never unless given. */
  readonly timeoutMs?: number;
}

export interface ServiceOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** File to which standard output and error are appended. */
  readonly logFile: string;
  /** Seconds between SIGTERM and SIGKILL; 5 unless given. */
  readonly graceSeconds?: number;
}

/** A long-running child. It is killed when this process ends, and does not keep this process alive. */
export interface Service {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** False once the process has ended. */
  running(): boolean;
  /** Resolves with the exit code when the process has ended. */
  ended(): Promise<number>;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, then SIGKILL after the grace; resolves when the process is gone. */
  stop(): Promise<void>;
  /** The last lines of its log. */
  logTail(lines?: number): string;
}

function spawnGuarded(
  command: string,
  args: readonly string[],
  stdio: readonly ['pipe' | 'ignore', 'pipe' | number, 'pipe' | number],
  options: {
    cwd?: string | undefined;
    env?: NodeJS.ProcessEnv | undefined;
    graceSeconds?: number | undefined;
  },
): ChildProcess {
  const stdioAndLifeline: StdioOptions = [...stdio, 'pipe'];
  return spawn('/bin/sh', [GUARD, String(options.graceSeconds ?? 5), command, ...args], {
    cwd: options.cwd,
    env: options.env ?? cleanEnvironment(),
    stdio: stdioAndLifeline,
    detached: true,
  });
}

function lifeline(child: ChildProcess) {
  const pipe = child.stdio[3];
  if (pipe === undefined || pipe === null) throw new Error('the guard has no lifeline');
  // The watcher at the other end may end first, together with the group that it kills.
  pipe.on('error', () => {});
  globalThis.testFile?.lifelines.add(pipe);
  pipe.once('close', () => globalThis.testFile?.lifelines.delete(pipe));
  return pipe;
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Runs a command to its end and returns what it printed. A command that fails is an answer, not an exception. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const child = spawnGuarded(command, args, ['pipe', 'pipe', 'pipe'], options);
  const line = lifeline(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A command may end without reading all of its input.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input ?? '');
  const timer =
    options.timeoutMs === undefined ? undefined : setTimeout(() => line.destroy(), options.timeoutMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => line.destroy());
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        exitCode: exitCode(code, signal),
      });
    });
  });
}

/** {@link run}, for commands that are not expected to fail: throws with what they printed. */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const outcome = await run(command, args, options);
  if (outcome.exitCode === 0) return outcome.stdout;
  throw new Error(
    `${basename(command)} ${args.join(' ')} ended with ${outcome.exitCode}:\n${outcome.stderr}${outcome.stdout}`,
  );
}

/** Starts a process that runs until it is stopped. Its output goes to `logFile`. */
export function startService(
  name: string,
  command: string,
  args: readonly string[],
  options: ServiceOptions,
): Service {
  const log = openSync(options.logFile, 'a');
  const child = spawnGuarded(command, args, ['ignore', log, log], options);
  closeSync(log);
  const line = lifeline(child);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  let running = true;
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      line.destroy();
      resolve(exitCode(code, signal));
    });
  });
  child.unref();
  if ('unref' in line && typeof line.unref === 'function') line.unref();

  const ended = () => {
    if (running) child.ref();
    return exited;
  };
  const signal = (which: NodeJS.Signals) => {
    if (running) process.kill(pid, which);
  };

  return {
    name,
    pid,
    logFile: options.logFile,
    running: () => running,
    ended,
    signal,
    async kill() {
      signal('SIGKILL');
      await ended();
    },
    async stop() {
      // To stop the process, it is enough to close the lifeline: the guard sends SIGTERM and, later, SIGKILL.
      line.destroy();
      await ended();
    },
    logTail: (lines = 20) => tail(readFileSync(options.logFile, 'utf8'), lines),
  };
}

function tail(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Whether a process of this id runs. A process that has ended but whose exit nobody has collected does not count. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** In a container, the first process often does not collect the exits of the processes that it inherits. Linux only. */
function hasEnded(pid: number): boolean {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
