import { describe, expect, it } from '@jest/globals';
import { parseTime, plainFlags, verbFirst } from '../../../src/cli/cluster/cluster-flags.ts';
import { hasColour } from '../../../src/cli/output/terminal.ts';

describe('flags in front of the verb', () => {
  it.each([
    ['-n payments status', 'status -n payments'],
    ['-npayments status x', 'status -npayments x'],
    ['--context prod -A status', 'status --context prod -A'],
    ['--context=prod status', 'status --context=prod'],
    ['--as bob --as-group a --as-group b check x', 'check --as bob --as-group a --as-group b x'],
    ['--insecure-skip-tls-verify --color never status', 'status --insecure-skip-tls-verify --color never'],
    ['status -n payments', 'status -n payments'],
    ['--help', '--help'],
    ['--version', '--version'],
    ['--unknown status', '--unknown status'],
    ['-n', '-n'],
    ['', ''],
  ])('%p is read as %p', (line, read) => {
    const args = line.split(' ').filter((arg) => arg !== '');
    expect(verbFirst(args).join(' ')).toBe(read);
  });
});

describe('a time', () => {
  it.each([
    ['30', 30_000],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5s', 1_500],
    ['2h', 7_200_000],
    ['0', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each(['', 'soon', '-1s', '5 m', '1d', '99999999999999'])('%p is none', (text) => {
    expect(() => parseTime(text)).toThrow(/is not a duration/);
  });
});

describe('colours', () => {
  it.each([
    ['auto', true, {}, true],
    ['auto', false, {}, false],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', true, { TERM: 'dumb' }, false],
    ['auto', false, { FORCE_COLOR: '1' }, true],
    ['auto', true, { FORCE_COLOR: '0' }, false],
    ['auto', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['always', false, { NO_COLOR: '1' }, true],
    ['never', true, { FORCE_COLOR: '1' }, false],
  ] as const)('%s, terminal %p, %p: %p', (choice, isTerminal, environment, wanted) => {
    expect(hasColour(choice, isTerminal, environment)).toBe(wanted);
  });
});

describe('flags as kubectl’s users write them', () => {
  const switches = new Set(['--wait', '--watch', '-w', '--all-namespaces', '-A']);

  it.each([
    ['status -o=json', 'status -o json'],
    ['status -n=payments x', 'status -n payments x'],
    ['status --output=json', 'status --output=json'],
    ['status -A=true', 'status -A'],
    ['status --all-namespaces=true', 'status --all-namespaces'],
    ['status --watch=false x', 'status x'],
    ['status -w=0', 'status'],
    ['reconcile x --wait=true', 'reconcile x --wait'],
    ['reconcile x --wait=False', 'reconcile x --no-wait'],
    // Told by Commander, as written.
    ['status --unknown=true', 'status --unknown=true'],
    ['status -- -o=json', 'status -- -o=json'],
  ])('%p is read as %p', (line, read) => {
    expect(plainFlags(line.split(' '), switches).join(' ')).toBe(read);
  });

  it.each(['-w=maybe', '--watch=maybe', '-A=', '--wait=no'])(
    '%p of a flag that takes no value is refused as written',
    (flag) => {
      expect(() => plainFlags(['status', flag], switches)).toThrow(
        `${flag}: ${flag.split('=')[0]} is true or false`,
      );
    },
  );
});
