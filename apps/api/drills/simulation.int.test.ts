import assert from 'node:assert/strict';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

interface Play {
  turns: { said: string | null; outcome: string; messages: { body: string; segments: number }[] }[];
  prompt: string | null;
  profile: { name: string | null };
}

describe('A drill that is played through the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });

  const play = async (body: object): Promise<{ status: number; body: Play }> => {
    const { status, body: answered } = await api.send('POST', '/v1/drill-simulations', { body });
    return { status, body: answered as Play };
  };

  it('is the published one, in the language of whoever plays it', async () => {
    const { body, status } = await play({
      slug: 'washing-hands',
      profile: { language: 'es' },
      answers: ['Ana', 'a', '20 segundos'],
    });
    assert.equal(status, 200);
    assert.deepEqual(
      body.turns.map(({ outcome, said }) => [said, outcome]),
      [
        [null, 'started'],
        ['Ana', 'noted'],
        ['a', 'wrong'],
        ['20 segundos', 'right'],
      ],
    );
    assert.match(body.turns[1]?.messages[0]?.body ?? '', /¡Mucho gusto, Ana!/);
    assert.deepEqual([body.prompt, body.profile.name], ['when', 'Ana']);
  });

  it('is one that is being written, and leaves no trace', async () => {
    const drill = {
      slug: 'soap',
      name: 'Soap',
      defaultLanguage: 'en',
      prompts: [
        { slug: 'enough', messages: [{ text: { en: 'Is gel enough?' } }], correctResponse: { en: 'no' } },
        { slug: 'bye', messages: [{ text: { en: 'Bye {{name}}' } }] },
      ],
    };
    const { body } = await play({ drill, profile: { name: 'Eva Lee' }, answers: ['no'] });
    assert.deepEqual(body.turns[1]?.messages.map((message) => message.body).at(-1), 'Bye Eva');
    const { rows } = await database.adminPool.query(
      `SELECT (SELECT count(*)::int FROM dialog_state) AS dialogs, (SELECT count(*)::int FROM message) AS messages,
              (SELECT count(*)::int FROM outbox) AS records`,
    );
    assert.deepEqual(rows, [{ dialogs: 0, messages: 0, records: 0 }]);
  });

  it('has to be one or the other, and to be there', async () => {
    assert.equal((await play({ answers: [] })).status, 400);
    assert.equal((await play({ slug: 'no-such-drill' })).status, 404);
    assert.equal((await play({ slug: 'washing-hands', programme: 'no-such-programme' })).status, 404);
  });
});
