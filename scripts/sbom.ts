/**
 * Writes what is in the product as a CycloneDX document: `node scripts/sbom.ts FILE`. It is what `npm sbom` says about the
 * packages that run, without the number and the time that would make each run different.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../testbed/process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('where to? node scripts/sbom.ts FILE');
writeFileSync(file, await sbom());

async function sbom(): Promise<string> {
  const text = await runOrThrow(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--sbom-type=application', '--package-lock-only'],
    { cwd: ROOT, env: process.env },
  );
  const { serialNumber: _, ...bill } = JSON.parse(text);
  delete bill.metadata.timestamp;
  // npm uses the name of the folder that contains it.
  bill.metadata.component.name = 'crossaccountlink';
  return `${JSON.stringify(bill, null, 2)}\n`;
}
