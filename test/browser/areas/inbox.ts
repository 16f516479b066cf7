import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { eventually } from '#test/eventually.ts';
import type { World } from '../world.ts';

/** A number of ours that no programme has: only people, or the agent, answer what comes to it. */
const OURS = phoneNumber('+14155550171');

/** Somebody in Chicago, of whom no other test knows. */
const person = (n: number) => phoneNumber(`+1872555018${n}`);

const row = (page: Page, text: string) =>
  page.getByRole('list', { name: 'Conversations' }).getByRole('link').filter({ hasText: text });

const thread = (page: Page) => page.getByRole('region', { name: /^Conversation with/ });

/** Texts, and opens the conversation as soon as it has come in. */
async function textAndOpen(world: World, page: Page, phone: ReturnType<typeof person>, body: string) {
  await world.system.simulator.text(phone, body, OURS);
  await row(page, body).click();
  await page.waitForURL(/\/inbox\/[0-9a-f-]{36}/);
  await thread(page).getByText(body).waitFor();
}

/** What a phone has got. */
const heard = async ({ system }: World, phone: ReturnType<typeof person>): Promise<string[]> =>
  (await system.simulator.conversation(phone))
    .filter(({ direction }) => direction === 'to_phone')
    .map(({ body }) => body);

export function inboxTests(world: () => World): void {
  /** Wide enough for all of it. */
  const open = async (path: string): Promise<Page> => {
    const page = await world().open(path);
    await page.setViewportSize({ width: 1440, height: 900 });
    return page;
  };

  // The agent knows it a moment later.
  before(async () => {
    const { error } = await world().api.POST('/v1/agent-rules', {
      body: {
        topic: 'opening hours',
        action: 'answer',
        phrases: { en: ['are you open'] },
        answers: { en: 'We are open until five.' },
      },
    });
    assert.equal(error, undefined);
  });

  it('has a text as it comes in, which is taken, answered, delivered and closed, by keyboard', async () => {
    const page = await open('/inbox');
    const question = 'Is the clinic open on Friday?';
    await textAndOpen(world(), page, person(1), question);
    await page.keyboard.press('a');
    await page.getByRole('button', { name: /^Looked after by/ }).waitFor();
    await thread(page)
      .getByText(/ took it$/)
      .waitFor();
    await page.getByText('It goes at once').waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('Yes, from nine to five.');
    await page.getByText('23 characters · 1 segment').waitFor();
    await world().looksRight(page, 'inbox-conversation');
    await page.keyboard.press('Control+Enter');
    await thread(page).getByText('Delivered').waitFor();
    assert.deepEqual(await heard(world(), person(1)), ['Yes, from nine to five.']);
    // What was answered wants nobody any more.
    await row(page, question).waitFor({ state: 'detached' });

    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await page.getByText('Closed. A new text opens it again.').waitFor();
    await thread(page)
      .getByText(/ closed it$/)
      .waitFor();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'What the keyboard does' });
    for (const key of ['J: the next conversation', 'A: take', 'E: close'])
      await help.getByText(key).waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^All/ }).click();
    await row(page, question).waitFor();
    await world().close(page);
  });

  it('undoes what was decided by mistake: closing, assigning, putting off; and leaves a text for later', async () => {
    const page = await open('/inbox');
    const question = 'Where do I park?';
    await textAndOpen(world(), page, person(8), question);
    const undo = page.getByRole('button', { name: 'Undo' });
    await page.keyboard.press('a');
    await page.getByRole('button', { name: /^Looked after by/ }).waitFor();
    // What is pressed while that is on its way is done after it.
    const pressed = Promise.withResolvers<void>();
    await page.route(/\/v1\/conversations\/[^/?]+$/, async (route) => {
      const response = await route.fetch();
      await pressed.promise;
      await route.fulfill({ response });
    });
    await undo.click();
    await undo.waitFor({ state: 'detached' });
    await page.keyboard.press('e');
    pressed.resolve();
    await page.getByText('Closed. A new text opens it again.').waitFor();
    await page.getByRole('button', { name: 'Assign', exact: true }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await row(page, question).waitFor({ state: 'detached' });
    await world().looksRight(page, 'inbox-undo');
    await undo.click();
    // It wants an answer as before.
    await row(page, question).waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Until tomorrow/ }).click();
    await page.getByText('Put off. A new text wakes it before.').waitFor();
    await undo.click();
    await thread(page).getByText('Open', { exact: true }).waitFor();
    await page.keyboard.press('u');
    await page.getByText('It is unread again.').waitFor();
    await row(page, question).getByRole('img', { name: '1 unread text' }).waitFor();
    assert.equal(await thread(page).count(), 0);
    await world().close(page);
  });

  it('says why nothing can be sent to somebody who was opted out, and shows how it came to that', async () => {
    const page = await open('/inbox');
    await textAndOpen(world(), page, person(2), 'Who are you?');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Opt them out…' }).click();
    const dialog = page.getByRole('dialog', { name: /^Opt .* out\?$/ });
    await dialog.getByText('By phone').click();
    await dialog.getByLabel('What they said or wrote').fill('Take me off your list.');
    await dialog.getByRole('button', { name: 'Opt them out' }).click();
    await thread(page).getByText('Nothing can be sent to them: opted out').waitFor();
    await thread(page).getByText('“Take me off your list.”', { exact: false }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).count(), 0);
    await page
      .getByRole('region', { name: /^About/ })
      .getByRole('region', { name: 'Consent' })
      .getByText('Opted out', { exact: true })
      .waitFor();
    await world().looksRight(page, 'inbox-opted-out');
    // Colleagues may still be told something.
    await thread(page).getByText('Note', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Note for colleagues' }).fill('Called to say so.');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await thread(page).getByText('Called to say so.').waitFor();
    assert.deepEqual(await heard(world(), person(2)), []);
    await world().close(page);
  });

  it('has texts that may opt out judged', async () => {
    const page = await open('/inbox?folder=all');
    await textAndOpen(world(), page, person(3), 'We visit you at noon.');
    await world().system.database.query(
      `INSERT INTO consent_review (review_id, phone_number, original_message, rule, requested_at, deadline)
       VALUES ($1, $2, 'We stop by at noon.', 'en', now(), now()::date + 10)`,
      [randomUUID(), person(3)],
    );
    await page.reload();
    await page.getByRole('link', { name: /^Opt-out review \d+$/ }).click();
    await row(page, 'visit you at noon').click();
    const box = thread(page).getByRole('alert', { name: 'Does this text opt out?' });
    await box.waitFor();
    await world().looksRight(page, 'inbox-review');
    await box.getByLabel('Why, for whoever reads the history').fill('They want to visit.');
    await box.getByRole('button', { name: 'It does not' }).click();
    await page.getByText('The text is no opt-out.').waitFor();
    await box.waitFor({ state: 'detached' });
    await row(page, 'visit you at noon').waitFor({ state: 'detached' });
    await world().close(page);
  });

  it('shows what the agent drafts, which is changed and sent, or answered with a canned reply, or left to people', async () => {
    const { api } = world();
    await api.PUT('/v1/senders/{senderNumber}/agent', {
      params: { path: { senderNumber: OURS } },
      body: { mode: 'draft' },
    });
    const page = await open('/inbox');
    await textAndOpen(world(), page, person(4), 'Are you open today?');
    const draft = page.getByRole('region', { name: /^Draft of the agent/ });
    await draft.getByText('We are open until five.').waitFor();
    await world().looksRight(page, 'inbox-draft');
    await draft.getByRole('button', { name: 'Change it' }).click();
    await page.getByRole('textbox', { name: 'Answer them' }).fill('We are open until five, Ana.');
    await page.keyboard.press('Control+Enter');
    await draft.waitFor({ state: 'detached' });
    await thread(page).getByText('Delivered').waitFor();
    assert.deepEqual(await heard(world(), person(4)), ['We are open until five, Ana.']);

    await page.getByRole('region', { name: 'Agent' }).locator('input:not([type=hidden])').click();
    await page.getByRole('option', { name: 'Off' }).click();
    await thread(page)
      .getByText(/set the agent: Off$/)
      .waitFor();
    await world().system.simulator.text(person(4), 'And are you open tomorrow?', OURS);
    await thread(page).getByText('And are you open tomorrow?').waitFor();
    assert.equal(await draft.count(), 0);

    await page.getByRole('button', { name: 'Canned replies' }).click();
    await page.getByRole('button', { name: 'Change canned replies' }).click();
    const kept = page.getByRole('dialog', { name: 'Canned replies' });
    await kept.getByRole('button', { name: 'New canned reply' }).click();
    await kept.getByLabel('Name').fill('Weekend');
    await kept.getByLabel('Text').fill('We are closed on weekends.');
    await kept.getByRole('button', { name: 'Save' }).click();
    await kept.getByText('We are closed on weekends.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Canned replies' }).click();
    await page.getByRole('button', { name: /^Weekend/ }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await eventually(async () =>
      assert.equal((await heard(world(), person(4))).at(-1), 'We are closed on weekends.'),
    );
    await api.PUT('/v1/senders/{senderNumber}/agent', {
      params: { path: { senderNumber: OURS } },
      body: { mode: 'off' },
    });
    await world().close(page);
  });

  it('sends an answer once, though nobody heard that it went and Send is pressed again', async () => {
    const page = await world().open('/inbox');
    await textAndOpen(world(), page, person(7), 'Do you sell stamps?');
    let tries = 0;
    await page.route('**/v1/conversations/*/reply', async (route) => {
      tries++;
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('textbox', { name: 'Answer them' }).fill('We do.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('It is not known whether it was done').waitFor();
    assert.ok(tries > 1, 'it tries again by itself');
    await page.unroute('**/v1/conversations/*/reply');
    // Also over a reload it is the same words, and the same request.
    await page.reload();
    await thread(page).getByText('Do you sell stamps?').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Answer them' }).inputValue(), 'We do.');
    await page.getByRole('textbox', { name: 'Answer them' }).press('Control+Enter');
    await eventually(async () =>
      assert.equal(await page.getByRole('textbox', { name: 'Answer them' }).inputValue(), ''),
    );
    await thread(page).getByText('Delivered').waitFor();
    assert.deepEqual(await heard(world(), person(7)), ['We do.']);
    await world().close(page);
  });

  it('shows one pane at a time on a phone, and goes through the list with J and K', async () => {
    const page = await open('/inbox?folder=all');
    for (const [n, body] of [
      [5, 'One of two'],
      [6, 'Two of two'],
    ] as const) {
      await world().system.simulator.text(person(n), body, OURS);
      await row(page, body).waitFor();
    }
    await page.keyboard.press('j');
    await thread(page).getByText('Two of two').waitFor();
    await page.keyboard.press('j');
    await thread(page).getByText('One of two').waitFor();
    await page.keyboard.press('k');
    await thread(page).getByText('Two of two').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await row(page, 'One of two').isVisible(), false);
    await page.getByRole('button', { name: 'About this person' }).click();
    await page.getByRole('dialog').getByText('No campaign has written to them.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await row(page, 'One of two').waitFor();
    assert.equal(await thread(page).count(), 0);
    await world().close(page);
  });
}
