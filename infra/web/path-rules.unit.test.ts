import assert from 'node:assert/strict';
import { services } from '#shared/topology.ts';
import { pathRules } from './path-rules.ts';

const row = (publicPaths: readonly string[], carriers: boolean) => ({ publicPaths, carriers });

describe('The paths of the load balancer', () => {
  it('lead to the gateway today', () => {
    assert.deepEqual(pathRules(services), [
      { service: 'gateway', patterns: ['/webhooks/*'], signIn: false, priority: 10 },
    ]);
  });

  it('are asked from the longest to the shortest, whatever the order of the services', () => {
    const rules = pathRules({
      api: row(['/*', '/api/*'], false),
      gateway: row(['/webhooks/*', '/m/*'], true),
    });
    assert.deepEqual(
      rules.map(({ service, patterns, priority }) => [service, patterns, priority]),
      [
        ['gateway', ['/webhooks/*'], 10],
        ['api', ['/api/*'], 20],
        ['gateway', ['/m/*'], 30],
        ['api', ['/*'], 40],
      ],
    );
  });

  it('have at most five patterns to a rule', () => {
    const paths = ['/a/*', '/b/*', '/c/*', '/d/*', '/e/*', '/f/*'];
    assert.deepEqual(
      pathRules({ api: row(paths, false) }).map(({ patterns }) => patterns.length),
      [5, 1],
    );
  });

  it('ask people to sign in, and never carriers', () => {
    const rules = pathRules({ api: row(['/api/*'], false), gateway: row(['/webhooks/*'], true) });
    assert.deepEqual(
      rules.map(({ service, signIn }) => [service, signIn]),
      [
        ['gateway', false],
        ['api', true],
      ],
    );
  });
});
