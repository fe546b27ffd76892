import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';
import { cached, cacheFolder } from '../../../testbed/tools/cache.ts';
import { requiredVersion } from '../../../testbed/tools/go-tools.ts';
import { find, GO, MissingPrerequisite } from '../../../testbed/tools/prerequisites.ts';
import { environmentName, pinnedVersion } from '../../../testbed/tools/python-tools.ts';

const folder = scratchFolder('tools-test');
const cacheBefore = process.env['XDG_CACHE_HOME'];
beforeAll(() => {
  process.env['XDG_CACHE_HOME'] = folder;
});
afterAll(() => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  rmSync(folder, { recursive: true });
});

describe('the cache of tools', () => {
  it('lies in XDG_CACHE_HOME', () => {
    expect(cacheFolder()).toBe(join(folder, 'crossaccountlink'));
  });

  it('makes a tool once, for however many ask at the same time', async () => {
    let made = 0;
    const make = async (unfinished: string) => {
      made += 1;
      writeFileSync(unfinished, 'tool');
    };
    const paths = await Promise.all([1, 2, 3].map(() => cached('v1/once', make)));
    expect(made).toBe(1);
    expect(new Set(paths)).toStrictEqual(new Set([join(cacheFolder(), 'v1/once')]));
    expect(readFileSync(paths[0] ?? '', 'utf8')).toBe('tool');
  });

  it('holds nothing of a tool that could not be made, and tries again', async () => {
    const failing = cached('v1/failing', async (unfinished) => {
      writeFileSync(unfinished, 'half');
      throw new Error('no network');
    });
    await expect(failing).rejects.toThrow(/no network/);
    expect(existsSync(join(cacheFolder(), 'v1/failing'))).toBe(false);
    const path = await cached('v1/failing', async (unfinished) => writeFileSync(unfinished, 'whole'));
    expect(readFileSync(path, 'utf8')).toBe('whole');
  });

  it('says where else it may lie, where nothing can be written', async () => {
    const before = process.env['XDG_CACHE_HOME'];
    writeFileSync(join(folder, 'file'), '');
    process.env['XDG_CACHE_HOME'] = join(folder, 'file');
    try {
      const failing = cached('v1/tool', async (unfinished) => writeFileSync(unfinished, 'tool'));
      await expect(failing).rejects.toThrow(MissingPrerequisite);
      await expect(failing).rejects.toThrow(
        /cannot be made: .*\(ENOTDIR\)\.\nSet XDG_CACHE_HOME to a folder/,
      );
    } finally {
      process.env['XDG_CACHE_HOME'] = before;
    }
  });

  it('takes over from a maker that was killed', async () => {
    const { stdout } = await run('sh', ['-c', 'echo $$']);
    mkdirSync(join(cacheFolder(), 'v2'), { recursive: true });
    writeFileSync(join(cacheFolder(), 'v2/tool.lock'), stdout);
    writeFileSync(join(cacheFolder(), 'v2/tool.unfinished'), 'half');
    const path = await cached('v2/tool', async (unfinished) => writeFileSync(unfinished, 'whole'));
    expect(readFileSync(path, 'utf8')).toBe('whole');
  });
});

describe('a prerequisite', () => {
  const shell = { ...GO, candidates: ['sh'], versionArguments: ['-c', 'echo tool 1.26.1'] };

  it('is found when new enough', async () => {
    expect(await find({ ...shell, least: [1, 26] })).toBe('sh');
    expect(await find({ ...shell, least: [1, 9] })).toBe('sh');
    expect(await find({ ...shell, least: [0, 99] })).toBe('sh');
  });

  for (const least of [
    [1, 27],
    [2, 0],
  ] as const) {
    it(`that is too old for ${least.join('.')} is reported with what was found`, async () => {
      const finding = find({ ...shell, least });
      await expect(finding).rejects.toThrow(MissingPrerequisite);
      await expect(finding).rejects.toThrow(`Go ${least.join('.')} or newer is missing (sh is 1.26.1)`);
      await expect(finding).rejects.toThrow('To get it: ');
    });
  }

  it('that is not there is reported as missing', async () => {
    await expect(find({ ...GO, candidates: ['no-such-go'] })).rejects.toThrow(
      /Go 1\.26 or newer is missing \(none was found\)/,
    );
  });
});

const nameWith = (line: string) => environmentName('ministack', `${line}\nministack==1.5.33\n`);

describe('a tool’s version', () => {
  it('is read from go.mod, in a block or alone', () => {
    const block = 'require (\n\tk8s.io/api v0.36.3 // indirect\n\tk8s.io/kubernetes v1.36.3 // indirect\n)\n';
    expect(requiredVersion(block, 'k8s.io/kubernetes')).toBe('v1.36.3');
    expect(requiredVersion('require helm.sh/helm/v3 v3.22.0\n', 'helm.sh/helm/v3')).toBe('v3.22.0');
  });

  it('is read from a requirements file', () => {
    expect(pinnedVersion('# comment\nboto3==1.2\nministack==1.5.33\n', 'ministack')).toBe('1.5.33');
  });

  it('of Python names its environment together with all that is pinned beside it, and no comment', () => {
    expect(nameWith('boto3==1.2')).toMatch(/^ministack-1\.5\.33-[0-9a-f]{8}$/);
    expect(nameWith('boto3==1.3')).not.toBe(nameWith('boto3==1.2'));
    expect(nameWith('# comment\nboto3==1.2')).toBe(nameWith('boto3==1.2'));
  });
});
