import { describe, expect, test } from '@jest/globals';
import { generatedDocuments, generatedFiles } from '../../../scripts/generate-docs.ts';
import { read } from './markdown.ts';

const DOCUMENTS = await generatedDocuments();
const FILES = await generatedFiles();

describe('generated parts of the documents', () => {
  for (const [path, text] of [...DOCUMENTS, ...FILES]) {
    test(`${path} says what the code and the CRDs say`, () => {
      // Run `node_modules/.bin/node scripts/generate-docs.ts`.
      expect(read(path)).toBe(text);
    });
  }

  test('the references are generated', () => {
    for (const name of ['fields', 'conditions-and-reasons', 'operations', 'aws-permissions']) {
      expect(DOCUMENTS.has(`docs/${name}.md`)).toBe(true);
    }
  });
});
