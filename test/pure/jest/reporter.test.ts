import { expect, it, jest } from '@jest/globals';
import TestReport from '../../jest/reporter.ts';

interface Options {
  readonly json: boolean;
  readonly useStderr: boolean;
}

/** What the reporter prints of a run without a test, to standard output and to standard error. */
function printed(options: Options, testNamePattern = '', files: readonly string[] = []): readonly string[] {
  const streams = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write'));
  const texts: [string, string] = ['', ''];
  streams.forEach((stream, at) =>
    stream.mockImplementation((text) => {
      texts[at] += String(text);
      return true;
    }),
  );
  try {
    const report = new TestReport({ rootDir: '/', testNamePattern, ...options });
    for (const file of files) report.onTestResult(undefined, skipped(file));
    report.onRunComplete();
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
  return texts;
}

function skipped(testFilePath: string) {
  return {
    testFilePath,
    numPassingTests: 0,
    numFailingTests: 0,
    numPendingTests: 3,
    numTodoTests: 0,
    perfStats: { start: 0, end: 0 },
  };
}

it.each([
  ['storm', 'These files match; name them without --only', ['test/storm.test.ts']],
  ['calm', 'These files were searched', ['test/rain.test.ts', 'test/storm.test.ts']],
])('a run for tests named "%s", which no test is, says which files there are', (pattern, what, files) => {
  const paths = ['/test/storm.test.ts', '/test/rain.test.ts'];
  const [text] = printed({ json: false, useStderr: false }, pattern, paths);
  expect(text).toBe(
    `No test has a name that matches "${pattern}". ${what}:\n${files.map((file) => `  ${file}\n`).join('')}0 passed, 0 failed\n`,
  );
});

it.each([
  ['', { json: false, useStderr: false }, ['0 passed, 0 failed\n', '']],
  [' that asks for JSON', { json: true, useStderr: false }, ['', '0 passed, 0 failed\n']],
  [' of an editor', { json: false, useStderr: true }, ['', '0 passed, 0 failed\n']],
])('a run%s is reported where nothing else is read', (_what, options, texts) => {
  expect(printed(options)).toStrictEqual(texts);
});
