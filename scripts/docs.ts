import { readFile, writeFile } from 'node:fs/promises';
import { services } from '../shared/topology.ts';
import { rightsText } from '../test/security/rights-file.ts';
import { API_TYPES_FILE, apiTypes } from './api-client-types.ts';
import { apiParts } from './api-docs.ts';
import { complianceParts } from './compliance-docs.ts';
import { configurationTables, replaceBetween, serviceTable, topologyDiagram } from './generated-docs.ts';
import { settingsOfServices } from './settings-of-services.ts';

/**
 * Writes the generated parts of the documentation: `npm run docs`. With `--check` it only compares, and fails when a
 * document is not what the code says.
 */
const read = (file: string): Promise<string> => readFile(new URL(`../${file}`, import.meta.url), 'utf8');
const check = process.argv.includes('--check');
const RIGHTS = 'test/security/rights.txt';

const update = async (file: string, parts: Record<string, string>): Promise<boolean> => {
  const before = await read(file);
  const after = Object.entries(parts).reduce(
    (document, [name, content]) => replaceBetween(document, name, content),
    before,
  );
  return write(file, before, after);
};

async function write(file: string, before: string, after: string): Promise<boolean> {
  if (after === before) return true;
  if (check) console.error(`${file} is out of date: run "npm run docs"`);
  else await writeFile(new URL(`../${file}`, import.meta.url), after);
  return !check;
}

const fresh = await Promise.all([
  update('README.md', { diagram: `\`\`\`mermaid\n${topologyDiagram()}\n\`\`\``, services: serviceTable() }),
  update('docs/configuration.md', { settings: configurationTables(settingsOfServices) }),
  update('docs/compliance.md', complianceParts()),
  update('docs/api.md', apiParts()),
  write(API_TYPES_FILE, await read(API_TYPES_FILE), await apiTypes()),
  write(RIGHTS, await read(RIGHTS), rightsText(services)),
]);
process.exitCode = fresh.every(Boolean) ? 0 : 1;
