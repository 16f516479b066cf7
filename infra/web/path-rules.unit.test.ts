import assert from 'node:assert/strict';
import fc from 'fast-check';
import { services } from '#shared/topology.ts';
import { pathRules } from './path-rules.ts';

const row = (publicPaths: readonly string[], carriers: boolean, pathSlot = carriers ? 1 : 2) => ({
  publicPaths,
  carriers,
  pathSlot,
});

describe('The paths of the load balancer', () => {
  it('lead from webhooks and short links to the gateway', () => {
    const rules = pathRules(services).filter(({ service }) => service === 'gateway');
    assert.deepEqual(
      rules.map(({ patterns, signIn }) => [patterns, signIn]),
      [
        [['/sms/inbound'], null],
        [['/webhooks/*'], null],
        [['/l/*'], null],
      ],
    );
  });

  it('are asked from the longest to the shortest, whatever the order of the services', () => {
    const rules = pathRules({
      api: row(['/*', '/api/*'], false),
      gateway: row(['/webhooks/*', '/m/*'], true),
    });
    assert.deepEqual(
      rules.map(({ service, patterns }) => [service, patterns]),
      [
        ['gateway', ['/webhooks/*']],
        ['api', ['/api/*']],
        ['gateway', ['/m/*']],
        ['api', ['/*']],
      ],
    );
  });

  it('of the API let everybody through but at the one where people sign in, which is asked before', () => {
    const rules = pathRules(services).filter(({ service }) => service === 'api');
    assert.deepEqual(
      rules.map(({ patterns, signIn }) => [patterns, signIn]),
      [
        [['/v1/sign-in'], 'ask'],
        [['/console/*'], 'allow'],
        [['/console'], 'allow'],
        [['/v1/*'], 'allow'],
        [['/'], 'allow'],
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
        ['gateway', null],
        ['api', 'ask'],
      ],
    );
  });

  it('keep their priorities, unique and within the limits, whatever services are added or given', () => {
    const paths = fc.uniqueArray(fc.stringMatching(/^\/[a-z]{1,40}\/\*$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(paths, paths, fc.integer({ min: 3, max: 99 }), (given, others, pathSlot) => {
        const known = { gateway: row(['/webhooks/*', '/m/*'], true), api: row(['/*', '/api/*'], false) };
        const taken: readonly string[] = [...known.gateway.publicPaths, ...known.api.publicPaths];
        const first = pathRules(known);
        const more = pathRules({
          added: row(
            [...given, ...others].filter((path, i, all) => all.indexOf(path) === i && !taken.includes(path)),
            false,
            pathSlot,
          ),
          ...known,
        });
        assert.deepEqual(
          more.filter(({ service }) => service !== 'added'),
          first,
        );
        assert.equal(new Set(more.map(({ priority }) => priority)).size, more.length);
        for (const { priority } of more) assert.ok(priority >= 1 && priority <= 50_000);
      }),
    );
  });

  it('are refused with every fault: no slot, one slot for two, one path for two, a path that is too long', () => {
    const long = `/${'a'.repeat(128)}`;
    assert.throws(
      () =>
        pathRules({
          a: { publicPaths: ['/a'], carriers: false },
          b: row(['/x', long], false, 7),
          c: row(['/x'], true, 7),
        }),
      /a has public paths and needs.*b and c have the same pathSlot 7.*\/x belongs to b and c.*\/a{128} is longer/,
    );
  });
});
