/** Answers to open decisions, put into a link's manifest where they belong; everything else in the file stays as it is. */
import { readFile, writeFile } from 'node:fs/promises';
import { isMap, isSeq, parseAllDocuments } from 'yaml';
import type { Document, YAMLMap } from 'yaml';
import type { Answer } from '../asl/answers.ts';
import { refuseBombs } from './yaml.ts';

const PERMISSIONS = ['spec', 'targetRole', 'permissions'];

/**
 * Writes the answers into the one CrossAccountLink of the file and returns how many were new there. Throws an error with a
 * message for people.
 */
export async function writeAnswers(path: string, answers: readonly Answer[]): Promise<number> {
  const text = await readFile(path, 'utf8');
  refuseBombs(text);
  const documents = parseAllDocuments(text, { uniqueKeys: false });
  if (!Array.isArray(documents)) throw new Error(`${path}: is empty`);
  const [error] = documents.flatMap((document) => document.errors);
  if (error !== undefined) throw new Error(`${path}: ${error.message.split('\n')[0] ?? ''}`);
  const links = documents.filter((document) => document.get('kind') === 'CrossAccountLink');
  const [link] = links;
  if (link === undefined || links.length > 1) {
    throw new Error(`${path}: ${links.length} CrossAccountLinks in it; --write takes a file with one`);
  }
  const added = answers.filter((answer) => insert(link, answer)).length;
  if (added > 0)
    await writeFile(
      path,
      documents
        .map((document) => document.toString({ lineWidth: 0, flowCollectionPadding: text.includes('{ ') }))
        .join(''),
    );
  return added;
}

/** Whether something was added. */
function insert(link: Document.Parsed, answer: Answer): boolean {
  const path = [...PERMISSIONS, answer.kind];
  if (!isSeq(link.getIn(path))) link.setIn(path, link.createNode([]));
  if (answer.kind === 'statements') {
    const { actions, resources } = answer;
    link.addIn(path, link.createNode({ actions, resources }));
    return true;
  }
  const entry = entryOf(link, path, answer.task);
  if (entry === undefined) {
    link.addIn(path, link.createNode({ task: answer.task, arns: answer.arns }));
    return true;
  }
  const before = entry.get('arns');
  const held = new Set(isSeq(before) ? before.items.map((item) => String(item)) : []);
  const fresh = answer.arns.filter((arn) => !held.has(arn));
  for (const arn of fresh) entry.addIn(['arns'], arn);
  return fresh.length > 0;
}

function entryOf(link: Document.Parsed, path: readonly string[], task: string): YAMLMap | undefined {
  const list = link.getIn(path);
  const entries = isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
  return entries.find((entry) => entry.get('task') === task);
}
