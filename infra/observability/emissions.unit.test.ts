import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { metricCatalogue } from '#shared/metrics.ts';
import { type ServiceName, services } from '#shared/topology.ts';
import { productProgram } from '../../test/security/sources.ts';
import { type Observed, readObserveCalls } from '../testing/observed-metrics.ts';
import { emissions } from './emissions.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const names = Object.keys(services) as ServiceName[];

/**
 * Metrics that a service's modules could emit and that it never does, with the reason. One that is not needed is
 * reported too.
 */
const neverEmitted: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>> = {
  log: {
    PutFailures: 'its connection to the streams is for reading: it puts nothing',
    OutboxPublished: 'a batch of the message log leaves nothing',
    RecordsParked: 'records of the message log and commands have no versions to miss',
  },
  inbox: {
    PutFailures: 'it puts nothing on a stream: turns of phones that are answered go to a queue',
  },
  dialog: { RecordsParked: 'commands have no versions to miss' },
  outbound: { PutFailures: 'it puts nothing on a stream: its turns go to queues' },
};

describe('What services emit', () => {
  let observed: Observed;

  before(function () {
    this.timeout(240_000);
    observed = readObserveCalls(
      root,
      names.map((name) => services[name].entry),
      productProgram().program,
    );
  });

  const reachable = (service: ServiceName): Set<string> => {
    const files = observed.filesOf.get(services[service].entry);
    assert.ok(files && files.size > 5, `the modules of ${service}`);
    return new Set(observed.calls.filter(({ file }) => files.has(file)).flatMap(({ metrics }) => metrics));
  };
  const declared = (service: ServiceName): Set<string> =>
    new Set(emissions.filter((row) => row.service === service).map(({ name }) => name));

  for (const service of names) {
    it(`${service}: each metric that is said to come from it is observed in a module that it loads`, () => {
      const found = reachable(service);
      assert.deepEqual(
        [...declared(service)].filter((name) => !found.has(name)),
        [],
      );
    });

    it(`${service}: each metric that is observed in a module that it loads is said to come from it`, () => {
      const exempt = neverEmitted[service] ?? {};
      const said = declared(service);
      const unsaid = [...reachable(service)].filter((name) => !said.has(name)).sort();
      assert.deepEqual(unsaid, Object.keys(exempt).sort());
    });
  }

  it('every metric of the catalogue is observed somewhere, with exactly its dimensions', () => {
    for (const [name, { dimensions }] of Object.entries(metricCatalogue)) {
      const calls = observed.calls.filter(({ metrics }) => metrics.includes(name));
      assert.ok(calls.length > 0, `${name} is observed nowhere`);
      for (const { file, line, dimensions: given } of calls) {
        assert.deepEqual([...given, 'Service'].sort(), [...dimensions].sort(), `${name} in ${file}:${line}`);
      }
    }
  });

  it('and every metric of the catalogue comes from some service', () => {
    const all = new Set<string>(emissions.map(({ name }) => name));
    assert.deepEqual(
      Object.keys(metricCatalogue).filter((name) => !all.has(name)),
      [],
    );
  });
});
