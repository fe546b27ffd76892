/** Downloads of official binaries, checked against the checksums that are published beside them. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runOrThrow } from '../process.ts';

/** One official file that is, or contains, a binary. */
export interface Release {
  readonly url: string;
  /** Where its checksum is published: the bare checksum, `CHECKSUM  NAME` lines, or an index with `NAME:` and `hash:`. */
  readonly checksums: string;
  readonly algorithm: 'sha256' | 'sha512';
  /** Path of the binary in a .tar.gz; the file is the binary itself unless given. */
  readonly member?: string;
}

/** The file is missing, or is not what it should be. The message says which, and names the host. */
export class Unavailable extends Error {}

/** No host answered: there is no internet, or none for us. */
export class Offline extends Unavailable {}

export interface DownloadOptions {
  /** Address of a mirror of all hosts, each below a folder of its name; the hosts themselves unless given. */
  readonly mirror?: string | undefined;
  /** How many milliseconds a host may take to answer; 2 s unless given. */
  readonly answerTimeoutMs?: number;
  /** For how many milliseconds no byte may come after that; 20 s unless given. */
  readonly silenceTimeoutMs?: number;
}

/** Longest list of checksums that is read. */
const CHECKSUMS_LIMIT = 4_000_000;
/** Largest binary or archive that is accepted, in bytes. */
const FILE_LIMIT = 500_000_000;
const HEX_LENGTH = { sha256: 64, sha512: 128 } as const;

/** The checksum that is published for a release.
 *  @throws Unavailable if there is none
 *  @throws Offline if the host cannot be reached */
export async function fetchChecksum(release: Release, options: DownloadOptions = {}): Promise<string> {
  const name = basename(new URL(release.url).pathname);
  const text = await readText(release.checksums, options);
  const checksum = publishedChecksum(text, name, release.algorithm);
  if (checksum === undefined)
    throw new Unavailable(`${hostOf(release.checksums)} publishes no ${release.algorithm} of ${release.url}`);
  return checksum;
}

/** Downloads a release and leaves its binary at `target`, executable.
 *  @throws Unavailable if it is not there, or its checksum is not the published one
 *  @throws Offline if the host cannot be reached */
export async function download(
  release: Release,
  checksum: string,
  target: string,
  options: DownloadOptions = {},
): Promise<void> {
  const folder = await mkdtemp(join(dirname(target), 'download-'));
  try {
    const file = join(folder, 'file');
    const found = await readFileOf(release, file, options);
    if (found !== checksum)
      throw new Unavailable(
        `${release.url} is refused: its ${release.algorithm} is ${found}, published is ${checksum}`,
      );
    if (release.member !== undefined) await runOrThrow('tar', ['-xzf', file, '-C', folder, release.member]);
    await copyFile(release.member === undefined ? file : join(folder, release.member), target);
    await chmod(target, 0o755);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The checksum that a text publishes for the file `name`, in lower case. */
export function publishedChecksum(
  text: string,
  name: string,
  algorithm: Release['algorithm'],
): string | undefined {
  const length = HEX_LENGTH[algorithm];
  const isChecksum = (word: string | undefined) => word?.length === length && /^[0-9a-f]+$/i.test(word);
  if (isChecksum(text.trim())) return text.trim().toLowerCase();
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  for (const [index, [first, second]] of lines.entries()) {
    // `CHECKSUM NAME`, with a star before the name if it was read as binary.
    if (isChecksum(first) && second?.replace(/^\*/, '') === name) return first?.toLowerCase();
    if (first !== `${name}:`) continue;
    const [key, value] = lines[index + 1] ?? [];
    if (key === 'hash:' && isChecksum(value)) return value?.toLowerCase();
  }
  return undefined;
}

async function readText(url: string, options: DownloadOptions): Promise<string> {
  let text = '';
  for await (const chunk of await open(url, options)) {
    text += String(chunk);
    if (text.length > CHECKSUMS_LIMIT)
      throw new Unavailable(`${url} is no list of checksums: it is too long`);
  }
  return text;
}

/** Writes the file and returns its checksum. */
async function readFileOf(release: Release, file: string, options: DownloadOptions): Promise<string> {
  const digest = createHash(release.algorithm);
  let bytes = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      bytes += chunk.length;
      done(bytes > FILE_LIMIT ? new Unavailable(`${release.url} is larger than it can be`) : null, chunk);
    },
  });
  const body = await open(release.url, options);
  try {
    await pipeline(body, hashing, createWriteStream(file));
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw new Unavailable(`${release.url} broke off after ${bytes} bytes`, { cause: error });
  }
  return digest.digest('hex');
}

/** The body of the answer, which fails if no more bytes come. */
async function open(url: string, options: DownloadOptions): Promise<Readable> {
  const { mirror, answerTimeoutMs = 2_000, silenceTimeoutMs = 20_000 } = options;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), answerTimeoutMs);
  let answer: Response;
  try {
    answer = await fetch(mirrored(url, mirror), { signal: silence.signal });
  } catch (error) {
    throw new Offline(`${hostOf(url)} cannot be reached`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  const { body } = answer;
  if (!answer.ok || body === null) {
    await body?.cancel();
    throw new Unavailable(`${hostOf(url)} answers ${answer.status} for ${url}`);
  }
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceTimeoutMs);
  };
  return Readable.from(
    (async function* () {
      try {
        listen();
        for await (const chunk of body) {
          listen();
          yield Buffer.from(chunk);
        }
      } finally {
        clearTimeout(timer);
      }
    })(),
  );
}

function mirrored(url: string, mirror: string | undefined): string {
  const { host, pathname } = new URL(url);
  return mirror === undefined ? url : `${mirror.replace(/\/$/, '')}/${host}${pathname}`;
}

function hostOf(url: string): string {
  return new URL(url).host;
}
