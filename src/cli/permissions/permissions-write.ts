/** Writes answers to open decisions into a link's manifest; everything else in the file stays as it is. */
import { isJson } from '../../base/json.ts';
import { writeFile } from 'node:fs/promises';
import { isMap, isSeq, parseAllDocuments, type Document, type YAMLMap } from 'yaml';
import type { SpecEntry } from '../../asl/derive/spec-entry.ts';
import { fileProblem } from '../output/errors.ts';
import { decodeText, encodeAs, readBytes } from '../files/file-text.ts';
import { refuseBombs, refuseDuplicateKeys } from '../files/yaml.ts';
import { yamlProblem } from '../files/yaml-problem.ts';
import { quoteForAllReaders } from '../files/yaml-text.ts';

const PERMISSIONS = ['spec', 'targetRole', 'permissions'];

/** Writes the entries into the only CrossAccountLink of the file, and returns how many of them were new. Encoding, line ends
 *  and comments stay, and JSON stays JSON.
 *  @throws Error for people */
export async function writeEntries(path: string, entries: readonly SpecEntry[]): Promise<number> {
  const before = await readBytes(path);
  const text = decodeText(before);
  // Bytes that are not valid text would be changed.
  if (!Buffer.from(encodeAs(before, text)).equals(before))
    throw new Error(`${path} is neither UTF-8 nor UTF-16 throughout; save it as UTF-8 first`);
  const { added, after } = changed(path, text, entries);
  if (added === 0) return 0;
  try {
    await writeFile(path, encodeAs(before, after));
  } catch (error) {
    throw new Error(fileProblem(path, error, 'write'), { cause: error });
  }
  return added;
}

function changed(path: string, text: string, entries: readonly SpecEntry[]) {
  try {
    return withEntries(text, entries);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The manifest with the entries added, and how many were new.
 *  @throws Error for people */
export function withEntries(
  text: string,
  entries: readonly SpecEntry[],
): { readonly added: number; readonly after: string } {
  refuseBombs(text);
  const documents = [...parseAllDocuments(text, { uniqueKeys: false, prettyErrors: true })];
  const [error] = documents.flatMap((document) => document.errors);
  if (error !== undefined) throw new Error(yamlProblem(error));
  documents.forEach(refuseDuplicateKeys);
  const links = documents.filter((document) => document.get('kind') === 'CrossAccountLink');
  const [link] = links;
  if (link === undefined || links.length > 1)
    throw new Error(
      `${links.length === 0 ? 'no CrossAccountLink' : `${links.length} CrossAccountLinks`} in it; --write takes a file with one`,
    );
  refuseOtherShapes(link);
  const added = entries.filter((entry) => insert(link, entry)).length;
  return { added, after: asBefore(text, documents, link) };
}

/** If something else is where entries go, a person has to correct that. */
function refuseOtherShapes(link: Document.Parsed): void {
  for (const [index] of PERMISSIONS.entries()) {
    const path = PERMISSIONS.slice(0, index + 1);
    const node = link.getIn(path, true);
    if (node !== undefined && !isMap(node) && link.getIn(path) !== null)
      throw new Error(`${path.join('.')} is not a map`);
  }
  for (const list of ['resources', 'statements']) {
    const node = link.getIn([...PERMISSIONS, list], true);
    if (node !== undefined && !isSeq(node) && link.getIn([...PERMISSIONS, list]) !== null)
      throw new Error(`${[...PERMISSIONS, list].join('.')} is not a list`);
  }
}

/** In the form of the original text: JSON, or YAML with its line ends. */
function asBefore(text: string, documents: readonly Document.Parsed[], link: Document.Parsed): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const after = isJson(text)
    ? `${JSON.stringify(link.toJS(), undefined, /^[ \t]+(?=")/m.exec(text)?.[0])}\n`
    : documents
        .map((document) => document.toString({ lineWidth: 0, flowCollectionPadding: text.includes('{ ') }))
        .join('');
  return after.replaceAll(/\r?\n/g, lineEnd);
}

/** Whether something was added. */
function insert(link: Document.Parsed, entry: SpecEntry): boolean {
  const path = [...PERMISSIONS, entry.kind];
  for (const [index] of PERMISSIONS.entries()) {
    const above = PERMISSIONS.slice(0, index + 1);
    if (!isMap(link.getIn(above))) link.setIn(above, link.createNode({}));
  }
  if (!isSeq(link.getIn(path))) link.setIn(path, link.createNode([]));
  if (entry.kind === 'statements') {
    const { actions, resources } = entry;
    if (isAllowed(link, path, actions)) return false;
    add(link, path, { actions, resources });
    return true;
  }
  const item = entryOf(link, path, entry.task);
  if (item === undefined) {
    add(link, path, { task: entry.task, arns: entry.arns });
    return true;
  }
  const before = item.get('arns');
  const held = new Set(isSeq(before) ? before.items.map(String) : []);
  const fresh = entry.arns.filter((arn) => !held.has(arn));
  if (!isSeq(before)) item.set('arns', link.createNode([]));
  for (const arn of fresh) item.addIn(['arns'], arn);
  return fresh.length > 0;
}

/** Adds an entry that means the same to kubectl: a Task may be named `no`. */
function add(link: Document.Parsed, path: readonly string[], entry: object): void {
  const node = link.createNode(entry);
  quoteForAllReaders(node);
  link.addIn(path, node);
}

/** Whether a statement names all of the actions already. For which resources is up to its author. */
function isAllowed(link: Document.Parsed, path: readonly string[], actions: readonly string[]): boolean {
  const list = link.getIn(path);
  const entries = isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
  return entries.some((entry) => {
    const held = entry.get('actions');
    const named = new Set(isSeq(held) ? held.items.map((item) => String(item)) : []);
    return entry.get('effect') !== 'Deny' && actions.every((action) => named.has(action));
  });
}

function entryOf(link: Document.Parsed, path: readonly string[], task: string): YAMLMap | undefined {
  const list = link.getIn(path);
  const entries = isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
  return entries.find((entry) => entry.get('task') === task);
}
