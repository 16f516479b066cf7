import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { OUR_NUMBER } from '../../driver/our-number.ts';
import type { World } from '../world.ts';

const ours = phoneNumber(OUR_NUMBER);
const cardOf = (page: Page, number: string): Locator =>
  page.getByRole('region', { name: `Phone ${number}`, exact: true });

export function phoneTests(world: () => World): void {
  it('are taken one by one, stand side by side under one address, and are put away', async () => {
    const page = await world().open('/phones');
    await page.getByRole('heading', { name: 'Be a phone' }).waitFor();
    await world().looksRight(page, 'phones-none');
    for (const number of ['(415) 555-0171', '+14155550172']) {
      await page.getByRole('button', { name: 'Take a phone' }).first().click();
      await page.getByLabel('Its number').fill(number);
      await page.keyboard.press('Enter');
    }
    await cardOf(page, '+14155550172').waitFor();
    await page.waitForURL(/open=/);
    await page.reload();
    await cardOf(page, '+14155550171').waitFor();
    await page.getByRole('button', { name: 'Put phone +14155550171 away' }).click();
    await cardOf(page, '+14155550171').waitFor({ state: 'detached' });
    await cardOf(page, '+14155550172').waitFor();
    await world().close(page);
  });

  it('write to us and are answered while one looks', async () => {
    const page = await world().open('/phones?open=%2B14155550173,%2B14155550174');
    const phone = cardOf(page, '+14155550173');
    await phone.getByLabel('Text from +14155550173').fill('HELP');
    await page.keyboard.press('Enter');
    await phone.getByRole('listitem').filter({ hasText: /STOP/ }).waitFor();
    await world().looksRight(page, 'phones');
    assert.equal(await cardOf(page, '+14155550174').getByRole('listitem').count(), 0);
    await world().close(page);
  });

  it('ring, hear the words, press keys and hang up', async () => {
    const number = phoneNumber('+14155550175');
    const page = await world().open(`/phones?open=${encodeURIComponent(number)}`);
    const phone = cardOf(page, number);
    await phone.getByLabel('When it is called').first().click();
    await page.getByRole('option', { name: 'It rings here' }).click();
    const { simulator } = world().system;
    const secrets = await world().system.secrets();
    await simulator.ring(number, ours, 'Good morning.', secrets);
    await phone.getByText(`${OUR_NUMBER} is calling`).waitFor();
    await world().looksRight(page, 'phones-rings');
    await phone.getByRole('button', { name: 'Answer' }).click();
    await phone.getByRole('list', { name: 'What is heard' }).getByText('Good morning.').waitFor();
    await world().looksRight(page, 'phones-call');
    await phone.getByRole('button', { name: 'Press 4' }).click();
    await phone.getByText('Pressed 4').first().waitFor();
    await phone
      .getByRole('button', { name: 'Hang up' })
      .or(phone.getByText(/^Call of/))
      .first()
      .click();
    await phone
      .getByText(/^Call of/)
      .first()
      .waitFor();
    await simulator.ring(number, ours, 'Good evening.', secrets);
    await phone.getByRole('button', { name: 'Decline' }).click();
    await phone.getByText('Busy', { exact: true }).waitFor();
    await world().close(page);
  });

  it('answer by themselves, as a script has it', async () => {
    const page = await world().open('/phones?open=%2B14155550176');
    const phone = cardOf(page, '+14155550176');
    await phone.getByLabel('Who has it').first().click();
    await page.getByRole('option', { name: 'Plays a script' }).click();
    await phone.getByLabel('The script').fill('HELP\nSTOP');
    await phone.getByLabel('Text from').focus();
    await phone.getByRole('listitem').filter({ hasText: 'unsubscribed' }).waitFor();
    await world().close(page);
  });

  it('meet faults that somebody sets, and none once they are mended', async () => {
    const page = await world().open('/phones/faults');
    const drawer = page.getByRole('dialog', { name: 'Faults of the carrier' });
    await drawer.getByRole('textbox', { name: 'Reports twice' }).fill('50');
    await drawer.getByRole('button', { name: 'Set the dials' }).click();
    await page.getByText('One thing goes wrong on purpose').waitFor({ state: 'attached' });
    await drawer.getByRole('textbox', { name: 'Number', exact: true }).fill('+14155550177');
    await drawer.getByRole('button', { name: 'Add', exact: true }).click();
    await drawer.getByRole('button', { name: '+14155550177 works again' }).waitFor();
    await world().looksRight(page, 'phones-faults');
    await drawer.getByRole('button', { name: 'Nothing goes wrong' }).click();
    await page.getByText('The carrier works as it should.').waitFor();
    await world().close(page);
  });

  it('skip time, and have the carrier forget everything once a word is typed', async () => {
    const page = await world().open('/phones/time');
    const drawer = page.getByRole('dialog', { name: 'Skip time' });
    await drawer.getByText('It is now').waitFor();
    await world().looksRight(page, 'phones-time');
    const before = await world().system.now();
    await drawer.getByRole('button', { name: '+ 10 min' }).click();
    await page.getByText(/^It is .* now\.$/).waitFor();
    assert.ok((await world().system.now()).getTime() >= before.getTime() + 600_000);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Start over…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Have the carrier forget everything?' });
    await dialog.getByLabel('Type forget to go on').waitFor();
    await world().looksRight(page, 'phones-reset');
    assert.ok(await dialog.getByRole('button', { name: 'Forget everything' }).isDisabled());
    await dialog.getByLabel('Type forget to go on').fill('forget');
    await dialog.getByRole('button', { name: 'Forget everything' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(await world().system.simulator.messages(), []);
    await world().close(page);
  });
}
