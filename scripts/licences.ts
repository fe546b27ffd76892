/**
 * Ends with 1 if a package that runs is under a licence that is not on the list, or one that only tests use is under a licence
 * that nobody has agreed to: `node scripts/licences.ts`. It reads only package-lock.json.
 */
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const LOCK = fileURLToPath(new URL('../package-lock.json', import.meta.url));

/** Licences that require only their text, which the bundles' LEGAL files contain. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]);

const ORACLE = 'an oracle for tests, part of nothing that is given to anybody';
const FONT = 'a font of the console, unchanged, beside the text of its licence';
/** Packages for development under other licences, and why that does no harm. */
const TOOLS: Readonly<Record<string, string>> = {
  '@cloud-copilot/iam-simulate': ORACLE,
  '@cloud-copilot/iam-policy': ORACLE,
  '@cloud-copilot/iam-utils': ORACLE,
  '@fontsource-variable/inter': FONT,
  '@fontsource-variable/jetbrains-mono': FONT,
  'axe-core': 'looks at the console in tests, part of nothing that is given to anybody',
  'caniuse-lite': 'a table that jest brings along, part of nothing that is given to anybody',
};

/** An entry of package-lock.json. */
interface Package {
  readonly dev?: boolean;
  readonly license?: string;
}

/** What is wrong, one line for each package. */
export function licenceProblems(packages: Readonly<Record<string, Package>>): readonly string[] {
  return Object.entries(packages).flatMap(([path, { dev = false, license = 'none' }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (path === '' || isPermissive(license)) return [];
    if (dev && Object.hasOwn(TOOLS, name)) return [];
    return [`${name} (${dev ? 'development' : 'runs'}): ${license}`];
  });
}

/** Of alternatives, one is enough; licences that apply together all have to be permissive. AND binds more tightly than OR:
 *  https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/ */
function isPermissive(expression: string): boolean {
  const [group, within] = /\(([^()]*)\)/.exec(expression) ?? [];
  if (group !== undefined && within !== undefined)
    return isPermissive(expression.replace(group, isPermissive(within) ? 'MIT' : 'none'));
  return expression
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => PERMISSIVE.has(licence.trim())));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const problems = licenceProblems(JSON.parse(readFileSync(LOCK, 'utf8')).packages);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(
    `licences: ${problems.length === 0 ? 'in order' : `${problems.length} not in order`}\n`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
