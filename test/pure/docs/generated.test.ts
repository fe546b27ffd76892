import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { generatedDocuments } from '../../../scripts/generate-docs.ts';
import { read } from './markdown.ts';

const DOCUMENTS = await generatedDocuments();

describe('generated parts of the documents', () => {
  for (const [path, text] of DOCUMENTS) {
    test(`${path} says what the code and the CRDs say`, () => {
      assert.equal(read(path), text, 'run `node_modules/.bin/node scripts/generate-docs.ts`');
    });
  }

  test('the references are generated', () => {
    for (const name of ['fields', 'conditions-and-reasons', 'operations', 'aws-permissions']) {
      assert.ok(DOCUMENTS.has(`docs/${name}.md`), name);
    }
  });
});
