import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { eventually } from '#test/eventually.ts';
import type { World } from '../world.ts';

/** Of each list: people in Chicago who agreed to be told things, and some in Los Angeles, two hours behind them. */
const CHICAGO = 16;
const ANGELES = 4;
/** Nobody of them agreed to anything. */
const WITHOUT_CONSENT = 2;
const EVERYBODY = CHICAGO + ANGELES + WITHOUT_CONSENT;

/** People on a list of their own, of whom no other test knows: the `place`-th of such lists. Returns its id. */
async function insertPeople({ api, system }: World, list: string, place: number): Promise<string> {
  // Of the hundred numbers of an area that belong to nobody four lists have some each.
  const areas = place < 4 ? ['312', '213'] : ['773', '323'];
  const people = Array.from({ length: EVERYBODY }, (_, n) => ({
    phone_number: `+1${areas[n < CHICAGO ? 0 : 1]}55501${String((place % 4) * EVERYBODY + n).padStart(2, '0')}`,
    name: `${list} ${n}`,
    time_zone: n < CHICAGO ? 'America/Chicago' : 'America/Los_Angeles',
  }));
  const { rows } = await system.database.query<{ list_id: string }>(
    `WITH made AS (
       INSERT INTO contact (contact_id, phone_number, name, language, time_zone, created_at, updated_at)
       SELECT gen_random_uuid(), phone_number, name, 'en', time_zone, now(), now()
         FROM json_to_recordset($1) AS _(phone_number text, name text, time_zone text)
       RETURNING contact_id),
     list AS (
       INSERT INTO contact_list (list_id, name, created_at, updated_at)
       VALUES (gen_random_uuid(), $2, now(), now()) RETURNING list_id)
     INSERT INTO list_member (list_id, contact_id, added_at) SELECT list_id, contact_id, now() FROM list, made
     RETURNING list_id`,
    [JSON.stringify(people), list],
  );
  await Promise.all(
    people.slice(0, CHICAGO + ANGELES).map(async ({ phone_number: phoneNumber }) => {
      const { error } = await api.POST('/v1/consents', {
        body: {
          phoneNumber,
          method: 'web',
          granted: ['informational'],
          wording: 'Text me about my appointments. Reply STOP to stop.',
          affirmativeAction: 'ticked the box',
          url: 'https://example.org/join',
        },
      });
      assert.equal(error, undefined);
    }),
  );
  return rows[0]?.list_id ?? assert.fail('nobody is on the list');
}

const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;

/** A draft that may start, if somebody is on its lists. Returns its id. */
async function makeDraft({ api }: World, name: string, ...lists: string[]): Promise<string> {
  const { data, error } = await api.POST('/v1/campaigns', {
    body: {
      name,
      type: 'sms',
      intent: 'transactional',
      endAt: null,
      definition: {
        audience: { include: lists },
        variants: [{ name: 'A', bodies: { en: 'Hi {{first_name|there}}, flu shots are free today.' } }],
        windows: [{ days: [...WEEK], from: '09:00', to: '19:00' }],
        timeZone: 'America/Chicago',
      },
    },
  });
  return data?.id ?? assert.fail(JSON.stringify(error));
}

async function start({ api }: World, id: string): Promise<void> {
  const { error } = await api.POST('/v1/campaigns/{id}/start', { params: { path: { id } } });
  assert.equal(error, undefined);
  await eventually(async () => {
    const { data } = await api.GET('/v1/campaigns/{id}', { params: { path: { id } } });
    assert.equal(data?.status, 'active');
  });
}

/** Saves the section that is open, and waits until that is done. */
async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('All is saved.').waitFor();
}

const section = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name });

/** All is complete, and one thing is to be known: the number of this environment is the sample programme's, which takes answers for codes. */
async function warnedOfItsNumber(page: Page): Promise<void> {
  await page.getByText('1 thing to know').waitFor();
  await page
    .getByText('who is not registered and answers is told that this is no code', { exact: false })
    .waitFor();
}

/** Campaigns from their draft to their end. */
export function campaignTests(world: () => World): void {
  // Morning in Chicago, while people in Los Angeles still sleep.
  before(() => world().system.skip({ to: '09:00', zone: 'America/Chicago' }));

  it('are built section by section, and say what keeps them from starting', async () => {
    const name = 'Flu shots at Elm Street';
    const list = 'Clinic of Elm Street';
    await insertPeople(world(), list, 0);
    const page = await world().open('/campaigns');
    await page.getByRole('link', { name: 'New campaign' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'New campaign' }).waitFor();
    await world().looksRight(page, 'campaign-new');
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();

    await section(page, /Audience/)
      .getByText('Blocks the start')
      .waitFor();
    await page.getByLabel('Lists to include').first().fill('of Elm');
    await page.getByRole('option', { name: new RegExp(list) }).click();
    const counted = page.getByRole('region', { name: 'Who that is' });
    await counted.getByText(`of ${EVERYBODY} contacts`).waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await save(page);
    await section(page, /Audience/)
      .getByText('Complete')
      .waitFor();
    await world().looksRight(page, 'campaign-audience');

    await section(page, /Message/).click();
    const text = page.getByRole('textbox', { name: 'Text in English' });
    await text.fill('Hi {{first_name|there}}, “flu shots” are free today.');
    await page.getByText('These characters make it longer').waitFor();
    await world().looksRight(page, 'campaign-message');
    await page.getByRole('button', { name: 'Replace them' }).click();
    assert.equal(await text.inputValue(), 'Hi {{first_name|there}}, "flu shots" are free today.');
    await save(page);
    await page.getByText('In the middle').waitFor();

    await section(page, /Senders/).click();
    await page.getByRole('textbox', { name: 'At most, a second' }).fill('1');
    await save(page);
    await world().looksRight(page, 'campaign-senders');

    await section(page, /Hours/).click();
    await page.getByRole('button', { name: 'Remove these hours' }).first().click();
    await save(page);
    await section(page, /Hours/).getByText('Blocks the start').waitFor();
    await section(page, /Review/).click();
    await page.getByText('1 thing keeps it from starting').waitFor();
    await section(page, /Hours/).click();
    await page.getByRole('button', { name: 'Add hours' }).click();
    for (const day of ['Sat', 'Sun']) await page.getByText(day, { exact: true }).click();
    await save(page);
    await world().looksRight(page, 'campaign-schedule');
    await world().close(page);
  });

  it('by WhatsApp name the approved template of each text, and what stands in its places', async () => {
    const id = await makeDraft(world(), 'By WhatsApp');
    const page = await world().open(`/campaigns/${id}/edit?section=message`);
    await page
      .getByRole('textbox', { name: 'Text in English' })
      .fill('Hello {{1}}, flu shots are free today.');
    await page.getByRole('checkbox', { name: 'By WhatsApp, with approved templates' }).check();
    await page.getByRole('textbox', { name: 'Template in English' }).fill(`HX${'0'.repeat(32)}`);
    await page.getByRole('textbox', { name: 'What stands in {{1}}' }).fill('{{first_name|there}}');
    await world().looksRight(page, 'campaign-whatsapp');
    await save(page);
    const { data } = await world().api.GET('/v1/campaigns/{id}', { params: { path: { id } } });
    assert.deepEqual(data?.definition.variants[0]?.templates, {
      en: { contentSid: `HX${'0'.repeat(32)}`, variables: { 1: '{{first_name|there}}' } },
    });
  });

  it('say once what is the same for everybody, what people are to answer, and over how long they go', async () => {
    const id = await makeDraft(world(), 'Flu shots at Elder Street', await insertPeople(world(), 'Elder', 6));
    const page = await world().open(`/campaigns/${id}/edit?section=basics`);
    await page.getByRole('button', { name: 'Add a value' }).click();
    await page.getByRole('textbox', { name: 'Called' }).fill('Clinic');
    await page.getByRole('textbox', { name: 'Is', exact: true }).fill('Elder Street');
    const answers = page.getByRole('combobox', { name: 'Answers that count' });
    for (const answer of ['YES', 'NO', 'Stop']) {
      await answers.fill(answer);
      await answers.press('Enter');
    }
    await save(page);
    await page.getByText('Stop opts out whoever texts it', { exact: false }).waitFor();
    await world().looksRight(page, 'campaign-basics');
    await answers.press('Backspace');
    await save(page);
    await section(page, /Message/).click();
    await page
      .getByRole('textbox', { name: 'Text in English' })
      .fill('At {{clinic}} today? Reply YES or NO.');
    await page.getByText('At Elder Street today? Reply YES or NO.').first().waitFor();
    await save(page);
    await section(page, /Senders/).click();
    await page.getByRole('textbox', { name: 'Or evenly over, minutes' }).fill('120');
    await save(page);
    await section(page, /Review/).click();
    await warnedOfItsNumber(page);
    await world().close(page);
    await start(world(), id);
    const told = await world().open(`/campaigns/${id}`);
    await told.getByRole('heading', { name: 'What they answered' }).waitFor();
    await told.getByRole('link', { name: '0' }).first().waitFor();
    await told.getByText('Evenly over 120 minutes', { exact: false }).waitFor();
    await world().close(told);
  });

  it('share a limit: a throttle group is made, named in a draft, waited for, and changed while it is', async () => {
    const made = await world().open('/campaigns');
    await made.getByRole('navigation', { name: 'Parts of campaigns' }).getByText('Throttle groups').click();
    await made.getByRole('heading', { level: 1, name: 'Throttle groups' }).waitFor();
    await world().looksRight(made, 'throttle-groups-none');
    await made.getByRole('link', { name: 'New throttle group' }).first().click();
    const drawer = made.getByRole('dialog', { name: 'New throttle group' });
    await drawer.getByRole('textbox', { name: 'Name' }).fill('Front desk');
    await drawer.getByRole('textbox', { name: 'At most' }).fill('40');
    await world().looksRight(made, 'throttle-group-new');
    await drawer.getByRole('button', { name: 'Make the group' }).click();
    await made.getByText('40 an hour').first().waitFor();
    await world().close(made);

    const id = await makeDraft(world(), 'Flu shots at Alder Street', await insertPeople(world(), 'Alder', 7));
    const page = await world().open(`/campaigns/${id}/edit?section=senders`);
    await page.getByRole('combobox', { name: 'Throttle groups' }).click();
    await page.getByRole('option', { name: 'Front desk: 40 an hour' }).click();
    await page.keyboard.press('Escape');
    await save(page);
    await world().looksRight(page, 'campaign-throttled');
    await section(page, /Review/).click();
    await page.getByText('Throttle group Front desk: 40 an hour').waitFor();
    await world().close(page);
    await start(world(), id);
    const told = await world().open(`/campaigns/${id}`);
    await told.getByText('Waits for throttle group Front desk: 40 an hour.').first().waitFor();
    await world().looksRight(told, 'campaign-waits-for-throttle');
    await world().close(told);
    const { data } = await world().api.GET('/v1/campaigns/{id}/contacts', {
      params: { path: { id }, query: { state: 'pending' } },
    });
    const person = await world().open(`/campaigns/${id}/contacts/${data?.items[0]?.contactId}`);
    await person.getByRole('dialog').getByText('Waits for throttle group Front desk: 40 an hour.').waitFor();

    await world().close(person);
    const list = await world().open('/campaigns/throttle-groups');
    await list.getByRole('row', { name: /Front desk/ }).click();
    const group = list.getByRole('dialog', { name: 'Front desk' });
    await group.getByText('people wait for it', { exact: false }).waitFor();
    await world().looksRight(list, 'throttle-group');
    await group.getByRole('button', { name: 'Delete…' }).click();
    await group.getByRole('button', { name: 'Delete the group' }).click();
    await group.getByText('Campaigns that have not ended name it', { exact: false }).waitFor();
    await group.getByRole('textbox', { name: 'At most' }).fill('900000');
    await group.getByRole('button', { name: 'Save' }).click();
    await list.getByText('Saved. It holds within seconds', { exact: false }).waitFor();
    await world().close(list);
    await eventually(async () => {
      const { data: known } = await world().api.GET('/v1/campaigns/{id}', { params: { path: { id } } });
      assert.equal(known?.reason, null);
    });
  });

  it('keep what is filled in and not saved: over another section, a reload, and what a colleague saves meanwhile', async () => {
    const { api } = world();
    const id = await makeDraft(world(), 'Flu shots at Bay Street', await insertPeople(world(), 'Bay', 5));
    const page = await world().open(`/campaigns/${id}/edit?section=basics`);
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('Flu shots at the bay');
    await section(page, /Message/).click();
    await page
      .getByRole('textbox', { name: 'Text in English' })
      .fill('Come to the bay, {{first_name|there}}.');
    await section(page, /Basics/)
      .getByText('Not saved yet')
      .waitFor();
    await section(page, /Review/).click();
    // Nothing moves any more.
    await page.getByRole('heading', { name: 'How many are written to by when' }).waitFor();
    await page.locator('.recharts-surface').first().waitFor();
    await page.getByRole('button', { name: 'Start it' }).hover();
    await page.getByText('Save what you changed in the other sections first', { exact: false }).waitFor();
    await page.reload();
    await section(page, /Message/).click();
    const text = page.getByRole('textbox', { name: 'Text in English' });
    assert.equal(await text.inputValue(), 'Come to the bay, {{first_name|there}}.');
    await save(page);
    await section(page, /Basics/).click();
    assert.equal(await name.inputValue(), 'Flu shots at the bay');

    const params = { path: { id } };
    const seen = await api.GET('/v1/campaigns/{id}', { params });
    await api.PATCH('/v1/campaigns/{id}', {
      params: { ...params, header: { 'If-Match': seen.response.headers.get('etag') ?? '' } },
      body: { name: 'Theirs' },
    });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Somebody else has changed this section meanwhile').waitFor();
    assert.equal(await name.inputValue(), 'Flu shots at the bay');
    await world().looksRight(page, 'campaign-overtaken');
    await page.getByRole('button', { name: 'Give up my changes' }).click();
    assert.equal(await name.inputValue(), 'Theirs');
    await world().close(page);
  });

  it('go up a ladder of texts and calls: step by step, with words, one budget of attempts, and what each step costs', async () => {
    const name = 'Check-ups at Fir Street';
    const list = await insertPeople(world(), 'Fir', 4);
    const { data } = await world().api.POST('/v1/campaigns', {
      body: {
        name,
        type: 'hybrid',
        intent: 'transactional',
        endAt: null,
        definition: {
          audience: { include: [list] },
          windows: [{ days: [...WEEK], from: '09:00', to: '19:00' }],
          timeZone: 'America/Chicago',
        },
      },
    });
    const page = await world().open(`/campaigns/${data?.id}/edit?section=message`);
    const second = page.getByRole('group', { name: 'Step 2: a call' });
    await page.getByRole('group', { name: 'Step 1: a text' }).waitFor();
    await second.getByRole('textbox', { name: 'Wait for an answer, hours' }).fill('2');
    await page.getByRole('button', { name: 'Add a step' }).click();
    const third = page.getByRole('group', { name: 'Step 3: a text' });
    await third.getByText('Nothing leads here yet', { exact: false }).waitFor();
    await third.getByLabel('An answering machine').check();
    await third.getByText('Words of its own').click();
    await third.getByRole('textbox', { name: 'Text in English' }).fill('We left you a message.');
    const texts = page.getByRole('textbox', { name: 'Text in English' });
    await texts.last().fill('Your check-up is due. Reply YES to come.');
    await page.getByRole('textbox', { name: 'What is said' }).fill('Your check-up is due.');
    await page.getByRole('textbox', { name: 'Who calls' }).fill('Elm County Health');
    await page.getByRole('textbox', { name: 'Toll-free number' }).fill('+18005550199');
    await save(page);
    await world().looksRight(page, 'campaign-ladder');
    const saved = await world().api.GET('/v1/campaigns/{id}', { params: { path: { id: data?.id ?? '' } } });
    assert.deepEqual(
      saved.data?.definition.ladder?.map(({ after, answerWithinMinutes, channel }) => [
        channel,
        after,
        answerWithinMinutes,
      ]),
      [
        ['sms', [], null],
        ['voice', ['undelivered', 'unreachable', 'no_reply'], 120],
        ['sms', ['machine'], null],
      ],
    );
    await section(page, /Review/).click();
    await page.getByRole('heading', { name: 'What each step costs' }).waitFor();
    await page.getByText('to listen for a machine', { exact: false }).first().waitFor();
    await world().looksRight(page, 'campaign-ladder-review');
    await world().close(page);
  });

  it('say whom they reach and when, and start once somebody has typed how many', async () => {
    const id = await makeDraft(world(), 'Flu shots at Oak Street', await insertPeople(world(), 'Oak', 1));
    const page = await world().open(`/campaigns/${id}/edit?section=review`);
    await warnedOfItsNumber(page);
    await page.getByText(`${WITHOUT_CONSENT}: No consent`).waitFor();
    await page.getByRole('heading', { name: 'How many are written to by when' }).waitFor();
    await page.locator('.recharts-surface').first().waitFor();
    await world().looksRight(page, 'campaign-review');
    const start = page.getByRole('button', { name: 'Start it' });
    assert.equal(await start.getAttribute('aria-disabled'), 'true');
    const people = CHICAGO + ANGELES;
    await page.getByRole('textbox', { name: `Type ${people}, how many people that is` }).fill(String(people));
    await start.click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await world().close(page);
  });

  it('are watched, paused, resumed and stopped; every number opens its people, and every person what was decided', async () => {
    const name = 'Flu shots at Ash Street';
    const id = await makeDraft(world(), name, await insertPeople(world(), 'Ash', 2));
    await start(world(), id);
    const page = await world().open(`/campaigns/${id}`);
    await page.getByRole('link', { name: /^Held/ }).getByText(String(ANGELES), { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.locator('.recharts-surface').first().waitFor();
    await world().looksRight(page, 'campaign');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('textbox', { name: 'Budget, USD' }).fill('25');
    await page.getByRole('button', { name: 'Set it' }).click();
    await page.getByText('of $25.00').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page
      .getByRole('link', { name: /^Delivered/ })
      .getByText(String(CHICAGO), { exact: true })
      .waitFor();

    await page.getByRole('link', { name: /^Held/ }).click();
    const held = page.getByRole('dialog', { name: 'Held' });
    await held.getByRole('status').getByText(`${ANGELES} rows`).waitFor();
    await held.locator('tr[data-row]').first().click();
    await page.getByText('Held until 09:00 in Los Angeles: quiet hours', { exact: false }).first().waitFor();
    await world().looksRight(page, 'campaign-contact');
    await page.reload();
    await page.getByText('Held until 09:00 in Los Angeles', { exact: false }).first().waitFor();
    await page.goBack();
    await page.getByRole('dialog', { name: 'Held' }).waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Stop…' }).click();
    const stop = page.getByRole('dialog', { name: `Stop ${name}?` });
    assert.equal(await stop.getByRole('button', { name: 'Stop it for good' }).isDisabled(), true);
    await stop.getByRole('textbox').fill(String(ANGELES));
    await stop.getByRole('button', { name: 'Stop it for good' }).click();
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    await world().close(page);
  });

  it('are found by their name and how they stand, copied, and put away', async () => {
    const name = 'Walk-in hours';
    const id = await makeDraft(world(), name, await insertPeople(world(), 'Yew', 3));
    await start(world(), id);
    await world().api.POST('/v1/campaigns/{id}/stop', { params: { path: { id } } });
    const page = await world().open('/campaigns?status=ended&q=Walk');
    const row = page.locator('tr[data-row]').filter({ hasText: name });
    await row.getByText('Stopped', { exact: true }).waitFor();
    await world().looksRight(page, 'campaigns-ended');
    await row.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Put away' }).click();
    await page.getByText('No campaign is like that').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('Put away', { exact: true }).click();
    await page.locator('tr[data-row]').filter({ hasText: name }).click();
    // The list has such a menu too.
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Make a copy' }).click();
    await page.getByRole('heading', { level: 1, name: `${name} (copy)` }).waitFor();
    await world().close(page);
  });

  it('are read again by whoever comes back to their list, whatever was not heard meanwhile', async () => {
    // Where nothing has happened yet, nobody can go on from anywhere, and all is read again anyhow.
    await world().system.simulator.text(phoneNumber('+12125550188'), 'Is it open today?');
    await eventually(async () => {
      const { data } = await world().api.GET('/v1/conversations');
      assert.ok(data?.items.some((each) => each.phoneNumber === '+12125550188'));
    });
    await makeDraft(world(), 'Before lunch');
    const page = await world().open('/campaigns');
    await page.locator('tr[data-row]').filter({ hasText: 'Before lunch' }).waitFor();
    await page.getByRole('link', { name: 'Drills', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Drills' }).waitFor();
    await makeDraft(world(), 'After lunch');
    await page.getByRole('link', { name: 'Campaigns', exact: true }).click();
    await page.locator('tr[data-row]').filter({ hasText: 'After lunch' }).waitFor();
    await world().close(page);
  });
}
