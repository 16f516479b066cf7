import assert from 'node:assert/strict';
import { grantStatements } from './grants.ts';

describe('Grants', () => {
  const statements = grantStatements({
    reader: { tables: { message: ['select'], phone: ['select', 'update'] } },
  });
  const grants = statements.filter((statement) => statement.startsWith('GRANT'));

  it('give a role the privileges of its row and nothing else', () => {
    assert.deepEqual(grants, [
      'GRANT USAGE ON SCHEMA public TO "carillon_reader"',
      'GRANT SELECT ON TABLE public."message" TO "carillon_reader"',
      'GRANT SELECT, UPDATE ON TABLE public."phone" TO "carillon_reader"',
    ]);
  });

  it('are given only after everything was taken', () => {
    const lastTaken = statements.findLastIndex((statement) => statement.includes('REVOKE'));
    assert.ok(lastTaken < statements.findIndex((statement) => statement.startsWith('GRANT')));
  });

  it('quote names that come from the topology', () => {
    const [create] = grantStatements({ 'a"b': { tables: {} } });
    assert.match(create ?? '', /CREATE ROLE "carillon_a""b" LOGIN/);
  });
});
