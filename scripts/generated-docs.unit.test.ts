import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { queues, services, streams } from '#shared/topology.ts';
import { configurationTables, replaceBetween, serviceTable, topologyDiagram } from './generated-docs.ts';
import { settingsOfServices } from './settings-of-services.ts';

const read = (file: string): Promise<string> => readFile(new URL(`../${file}`, import.meta.url), 'utf8');

describe('The generated parts of the documentation', () => {
  it('are what the code says now: run "npm run docs" when this fails', async () => {
    const readme = await read('README.md');
    assert.equal(replaceBetween(readme, 'diagram', `\`\`\`mermaid\n${topologyDiagram()}\n\`\`\``), readme);
    assert.equal(replaceBetween(readme, 'services', serviceTable()), readme);
    const configuration = await read('docs/configuration.md');
    assert.equal(
      replaceBetween(configuration, 'settings', configurationTables(settingsOfServices)),
      configuration,
    );
  });

  it('list the settings of every service of the topology', () => {
    for (const service of Object.keys(services)) assert.ok(settingsOfServices.has(service), service);
  });

  it('draw every stream and queue with somebody who writes it and somebody who reads it', () => {
    const diagram = topologyDiagram();
    for (const name of [...Object.keys(streams), ...Object.keys(queues)]) {
      const id = name.replace(/\W/g, '_');
      assert.match(diagram, new RegExp(`--> ${id}$`, 'm'), `${name} has a writer`);
      assert.match(diagram, new RegExp(`^  ${id} -->`, 'm'), `${name} has a reader`);
    }
  });

  it('show no secret and no default of a secret', () => {
    const tables = configurationTables(settingsOfServices);
    assert.match(tables, /TWILIO_AUTH_TOKEN` \| \(required, secret\)/);
    assert.match(tables, /DB_PASSWORD` \| \(required unless `DB_IAM_AUTH`, secret\)/);
  });

  it('refuse a document without the marks', () => {
    assert.throws(() => replaceBetween('# Nothing here', 'diagram', 'x'), /no part "diagram"/);
  });
});
