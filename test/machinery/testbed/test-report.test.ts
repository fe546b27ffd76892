import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestReport, type TestEnd } from '../../../scripts/test-report.ts';

const FILE = '/repo/test/pure/a.test.ts';

const LAST_LINE = /\n0 passed, 1 failed\n$/;

function end(name: string, more: Partial<TestEnd> = {}): TestEnd {
  return { name, nesting: 0, file: FILE, line: 7, details: { duration_ms: 1 }, ...more };
}

function failure(
  name: string,
  error: Error & { cause?: unknown; failureType?: string },
  nesting = 0,
): TestEnd {
  return end(name, { nesting, details: { duration_ms: 1, error } });
}

describe('the report of a test run', () => {
  it('closes with the totals alone on a line', () => {
    const report = new TestReport('/repo', false);
    report.passed(end('a'));
    report.failed(failure('b', new Error('x')));
    assert.match(report.totals(), /\n1 passed, 1 failed\n$/);
  });

  it('says every failure again before the totals', () => {
    const report = new TestReport('/repo', false);
    const [first, second] = ['a', 'b'].map((name) => report.failed(failure(name, new Error(name))));
    assert.equal(report.totals(), `${first}${second}0 passed, 2 failed\n`);
  });

  it('names skipped tests only if there are any', () => {
    const report = new TestReport('/repo', false);
    report.passed(end('a'));
    report.passed(end('b', { skip: 'later' }));
    assert.equal(report.totals(), '1 passed, 0 failed, 1 skipped\n');
  });

  it('is a success only if something ran and nothing failed', () => {
    const report = new TestReport('/repo', false);
    assert.equal(report.succeeded, false);
    report.passed(end('a'));
    assert.equal(report.succeeded, true);
    report.failed(failure('b', new Error('x')));
    assert.equal(report.succeeded, false);
  });

  it('shows a failure with its path of names, its place and its error', () => {
    const report = new TestReport('/repo', false);
    report.started({ file: FILE, nesting: 0, name: 'outer' });
    report.started({ file: FILE, nesting: 1, name: 'inner' });
    const text = report.failed(
      failure('fails', Object.assign(new Error('wrapped'), { cause: new Error('why') }), 2),
    );
    assert.match(text, /✘ outer › inner › fails\n {2}at test\/pure\/a\.test\.ts:7\n {2}Error: why\n/);
  });

  it('counts a test once, not its suites', () => {
    const report = new TestReport('/repo', false);
    report.passed(end('inner', { nesting: 1 }));
    report.passed(end('outer', { details: { duration_ms: 1, type: 'suite' } }));
    report.failed(failure('outer', Object.assign(new Error('x'), { failureType: 'subtestsFailed' })));
    assert.equal(report.totals(), '1 passed, 0 failed\n');
  });

  it('counts a suite whose hook failed', () => {
    const report = new TestReport('/repo', false);
    report.failed(failure('outer', Object.assign(new Error('x'), { failureType: 'hookFailed' })));
    assert.match(report.totals(), LAST_LINE);
  });

  it('counts a file that broke before its tests', () => {
    const report = new TestReport('/repo', false);
    report.failed(failure('test/pure/a.test.ts', new Error('exit code 1')));
    assert.match(report.totals(), LAST_LINE);
  });

  it('takes a file without tests for a failure, unless tests were filtered by name', () => {
    const whole = new TestReport('/repo', false);
    whole.passed(end('test/pure/a.test.ts'));
    assert.match(whole.totals(), LAST_LINE);
    const filtered = new TestReport('/repo', true);
    filtered.passed(end('test/pure/a.test.ts'));
    assert.equal(filtered.totals(), '0 passed, 0 failed\n');
  });

  it('gives each file a line', () => {
    const report = new TestReport('/repo', false);
    report.passed(end('a'));
    assert.equal(report.fileEnded(FILE, 1234), '✔ test/pure/a.test.ts  1 passed, 0 failed  1.2 s\n');
  });
});
