import assert from 'node:assert/strict';
import { filled, met, saved } from './kept-fields.ts';

const begun = { name: 'Flu', topic: '', bodies: { en: 'Hi' } };

describe('Fields that are filled in and not saved', () => {
  it('are what is saved until somebody fills something in', () => {
    assert.deepEqual(met(null, begun), { value: begun, isChanged: false, isOvertaken: false });
  });

  it('stay as they were written where somebody else has saved others meanwhile, which follow', () => {
    const kept = filled(null, begun, { bodies: { en: 'Hello' } });
    const theirs = { ...begun, name: 'Flu 2026' };
    assert.deepEqual(met(kept, theirs), {
      value: { ...theirs, bodies: { en: 'Hello' } },
      isChanged: true,
      isOvertaken: false,
    });
  });

  it('stay also where somebody else has saved the same ones, which is told', () => {
    const kept = filled(null, begun, { name: 'Mine' });
    const theirs = { ...begun, name: 'Theirs' };
    assert.deepEqual(met(kept, theirs), {
      value: { ...begun, name: 'Mine' },
      isChanged: true,
      isOvertaken: true,
    });
    const more = filled(kept, theirs, { topic: 'clinics' });
    assert.equal(met(more, theirs).isOvertaken, true);
    assert.deepEqual(met(more, theirs).value, { ...begun, name: 'Mine', topic: 'clinics' });
  });

  it('are no change where somebody else has saved the same words', () => {
    const kept = filled(null, begun, { name: 'Flu 2026' });
    assert.equal(met(kept, { ...begun, name: 'Flu 2026' }).isChanged, false);
  });

  it('are forgotten once they are saved, but for what was typed since', () => {
    const kept = filled(null, begun, { name: 'Mine ' });
    assert.equal(saved(kept, { ...begun, name: 'Mine ' }), null);
    const since = filled(kept, begun, { topic: 'clinics' });
    const rest = saved(since, { ...begun, name: 'Mine ' });
    // The server saves it without the space, which is no change of whoever typed.
    assert.deepEqual(met(rest, { ...begun, name: 'Mine' }).value, {
      ...begun,
      name: 'Mine',
      topic: 'clinics',
    });
  });
});
