import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { exceptions } from './exceptions.ts';
import { judge, reasonIn, reportIn, vulnerabilitiesIn } from './judge.ts';
import { packagesIn, parseLock, shippedFolders } from './shipped.ts';

/**
 * Asks the registry for known vulnerabilities of what is installed: `npm run audit`. Ends with 0 when nothing stands against
 * it, with 1 when something must be mended, and with 3 when nobody could be asked and CARILLON_AUDIT is `required`
 * (docs/decisions/0044-when-nobody-can-be-asked.md).
 */
const root = new URL('../../', import.meta.url);
const consoleFolder = new URL('apps/console/src/', root);

const sources = (await readdir(consoleFolder, { recursive: true })).filter((name) =>
  /\.(?:tsx?|css)$/.test(name),
);
const bundled = await Promise.all(
  sources.map(async (name) => packagesIn(await readFile(new URL(name, consoleFolder), 'utf8'))),
);
const lock = parseLock(await readFile(new URL('package-lock.json', root), 'utf8'));
const shipped = shippedFolders(lock, bundled.flat());

const { stdout } = spawnSync('npm', ['audit', '--json', '--fetch-retries=2', '--fetch-timeout=20000'], {
  cwd: fileURLToPath(root),
  encoding: 'utf8',
  maxBuffer: 64 * 1024 ** 2,
});
const report = reportIn(stdout ?? '');
const found = report === null ? null : vulnerabilitiesIn(report, (folder) => shipped.has(folder));
const { failures, notes } = judge(found, exceptions, new Date().toISOString().slice(0, 10));

for (const note of notes) console.log(`  ${note}`);
for (const failure of failures) console.error(`! ${failure}`);
if (report === null) {
  console.error(
    `NOT AUDITED: the registry could not be asked for known vulnerabilities: ${reasonIn(stdout ?? '')}`,
  );
  console.error(
    'Nothing is known of vulnerabilities found since this was last asked where it can be: see docs/security.md.',
  );
}
if (failures.length > 0) {
  console.error(
    `${failures.length} known vulnerabilities to mend: update the package, or add an exception that ends (scripts/audit/exceptions.ts).`,
  );
  process.exitCode = 1;
} else if (report === null) process.exitCode = process.env.CARILLON_AUDIT === 'required' ? 3 : 0;
else
  console.log(
    `No known vulnerability of severity high or critical in the ${shipped.size} packages that reach production.`,
  );
