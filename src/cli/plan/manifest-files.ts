/** Reads manifests from files, folders, standard input and kustomizations, document by document. */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Io } from '../output/io.ts';
import { spoken } from '../files/file-text.ts';
import { orTemplate } from '../files/yaml-problem.ts';
import { parseYaml } from '../files/yaml.ts';
import { fieldPath, lineOf, type FieldPath } from '../files/yaml-lines.ts';
import { documentsOf } from './manifest-documents.ts';

export interface ManifestSources {
  /** Files and folders; `-` is standard input. */
  readonly files: readonly string[];
  /** A folder that `kubectl kustomize` builds. */
  readonly kustomize?: string;
  /** Whether subfolders are read, too. */
  readonly recursive: boolean;
}

/** One object, and where it was written. */
export interface Manifest {
  /** The file, and which of its documents if there are several. */
  readonly where: string;
  readonly value: JsonObject;
  /** The file and the line of a field (`spec.targetRole`): `links.yaml:7`; for a missing field, of its nearest parent. */
  readonly placeOf?: (field: string) => string | undefined;
}

interface Text {
  readonly path: string;
  readonly text: string;
  /** Built by kustomize: its lines are in no file. */
  readonly built?: true;
}

/** The files in a folder that kubectl takes for manifests. */
const MANIFEST_FILE = /\.(?:ya?ml|json)$/;
/** The names that `kubectl kustomize` looks for in a folder, as far as they end like a manifest. */
const KUSTOMIZATION_FILE = /(?:^|\/)kustomization\.ya?ml$/;
/** Most files in one folder; more were not written by hand. */
const MOST_FILES = 10_000;
/** Most characters in all texts together. A large overlay with its CRDs has a few megabytes. */
const MOST_CHARACTERS = 32 * 1_048_576;
/** Only documents with one of these words are parsed: a folder may contain other manifests, and files that are not YAML. */
const OURS = /crossaccountlink|awsaccount|kind:\s*["']?Namespace\b|"kind":\s*"Namespace"/i;

/** The objects of all sources, with the items of lists one by one, as far as they may be of a kind that `plan` knows.
 *  @throws Error for people that begins with the file's name */
export async function readManifestFiles(sources: ManifestSources, io: Io): Promise<readonly Manifest[]> {
  const texts = await textsOf(sources, io);
  const manifests = texts.flatMap(manifestsOf);
  if (manifests.length > 0) return manifests;
  throw new Error(nothingIn(texts.map(({ path }) => path)));
}

/** The message that none of these files contains what `plan` reads, with what to do if one is of another kind. */
export function nothingIn(paths: readonly string[]): string {
  const [first, ...others] = paths;
  const kustomization = paths.find((path) => KUSTOMIZATION_FILE.test(path));
  const advice =
    kustomization === undefined ? '' : ` (-k ${dirname(kustomization)} plans what the kustomization builds)`;
  const place =
    first === undefined ? '' : `${first}${others.length > 0 ? ` and ${others.length} more` : ''}: `;
  return `${place}there is no CrossAccountLink and no AWSAccount in it${advice}`;
}

/** The texts read so far: refused as soon as they are too many, not when all are in memory. */
class Texts {
  readonly all: Text[] = [];
  #characters = 0;

  add(text: Text): void {
    this.#characters += text.text.length;
    if (this.#characters > MOST_CHARACTERS)
      throw new Error(`the manifests have more than ${MOST_CHARACTERS} characters: name fewer files`);
    this.all.push(text);
  }
}

async function textsOf({ files, kustomize, recursive }: ManifestSources, io: Io): Promise<readonly Text[]> {
  if (files.filter((file) => file === '-').length > 1)
    throw new Error('standard input (-) can be read only once');
  const texts = new Texts();
  for (const file of (await Promise.all(files.map(commaParted))).flat()) {
    if (/^https?:\/\//.test(file))
      throw new Error(`${file}: is a URL: download it, and pass it through a pipe (curl … | … -f -)`);
    for (const path of await filesAt(file, recursive))
      texts.add({ path: spoken(path), text: await io.read(path) });
  }
  if (kustomize !== undefined) texts.add({ path: kustomize, text: await build(kustomize), built: true });
  return texts.all;
}

/** kubectl also accepts several files with commas in between; the name of a file may contain one, too. */
async function commaParted(files: string): Promise<readonly string[]> {
  return files.includes(',') && !(await exists(files)) ? files.split(',') : [files];
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** The file itself, or the manifests of a folder, ordered by name. */
async function filesAt(path: string, recursive: boolean): Promise<readonly string[]> {
  if (path === '-' || !(await isFolder(path))) return [path];
  const entries = await readdir(path, { recursive, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory() && MANIFEST_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  if (files.length > MOST_FILES)
    throw new Error(`${path}: holds ${files.length} files, more than ${MOST_FILES}`);
  if (files.length > 0) return files;
  const deeper = !recursive && entries.some((entry) => entry.isDirectory());
  throw new Error(
    `${path}: holds no .yaml, .yml or .json file${deeper ? ': -R searches its folders, too' : ''}`,
  );
}

/** Any other problem with a path is reported when it is read. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function build(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('kubectl', ['kustomize', folder], {
      maxBuffer: MOST_CHARACTERS,
    });
    return stdout;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Error(
      missing ? `${folder}: -k needs kubectl on the PATH` : `${folder}: ${kustomizeProblem(error)}`,
      { cause: error },
    );
  }
}

function kustomizeProblem(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  const [line = ''] = text.trim().split('\n').slice(-1);
  return `kubectl kustomize says: ${line.replace(/^error: /, '')}`;
}

function manifestsOf({ path, text, built }: Text): readonly Manifest[] {
  const documents = documentsOf(text);
  return documents.flatMap(({ number, text: document }) => {
    const where = documents.length > 1 ? `${path}, document ${number}` : path;
    return OURS.test(document) ? objectsIn(document, where, built ? undefined : path) : [];
  });
}

function objectsIn(text: string, where: string, path: string | undefined): readonly Manifest[] {
  try {
    return parseYaml(text)
      .flatMap((value) => unlisted(value))
      .map(({ value, at }) => ({
        where,
        value,
        placeOf: (field: string) => {
          const line = path === undefined ? undefined : lineOf(text, [...at, ...fieldPath(field)]);
          return line === undefined ? undefined : `${path}:${line}`;
        },
      }));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`${where}: ${orTemplate(text, problem, RENDERED)}`, { cause: error });
  }
}

const RENDERED = 'helm template CHART | kubectl crossaccountlink plan -f -';

interface Listed {
  readonly value: JsonObject;
  /** Its place in the document. */
  readonly at: FieldPath;
}

function unlisted(document: unknown, at: FieldPath = []): readonly Listed[] {
  if (Array.isArray(document)) return document.flatMap((item, place) => unlisted(item, [...at, place]));
  if (!isJsonObject(document)) return [];
  const { items, kind } = document;
  const isList = Array.isArray(items) && (typeof kind !== 'string' || kind.endsWith('List'));
  return isList ? unlisted(items, [...at, 'items']) : [{ value: document, at }];
}
