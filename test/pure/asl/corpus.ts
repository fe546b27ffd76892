/** Real definitions: see test/data/asl-corpus/README.md. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../data/asl-corpus/', import.meta.url);

export interface CorpusFile {
  readonly file: string;
  readonly text: string;
}

export const CORPUS: readonly CorpusFile[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.asl.json'))
  .sort()
  .map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }));
