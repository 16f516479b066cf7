import { Button, Popover, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { RecentPhone } from '#shared/simulator/phone-view.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import { freeNumber, MOST_OPEN, numberOf } from './numbers.ts';
import classes from './phones.module.css';
import { phoneTexts } from './texts.ts';

/** Opens a phone: a number that belongs to nobody, one that somebody types, or one that was written to lately. */
export function AddPhone({
  add,
  open,
  recent,
}: {
  open: readonly string[];
  recent: readonly RecentPhone[];
  add: (number: string) => void;
}) {
  const say = useTexts(phoneTexts);
  const [isShown, { close, toggle }] = useDisclosure();
  const [typed, setTyped] = useState('');
  const free = freeNumber([...open, ...recent.map(({ number }) => number)]);
  const number = numberOf(typed === '' ? free : typed);
  const others = recent.filter((phone) => !open.includes(phone.number)).slice(0, 6);
  const take = (taken: string | null): void => {
    if (taken === null) return;
    add(taken);
    setTyped('');
    close();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    take(number);
  };
  return (
    <Popover
      opened={isShown}
      onChange={(shown) => !shown && close()}
      position="bottom-end"
      width={300}
      trapFocus
    >
      <Popover.Target>
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={open.length >= MOST_OPEN}
          onClick={toggle}
        >
          {say('add')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              data-autofocus
              label={say('number')}
              description={say('numberHint')}
              placeholder={free}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              error={number === null && say('noNumber')}
              inputMode="tel"
              autoComplete="off"
            />
            <Button type="submit" disabled={number === null}>
              {say('addThis', { number: number ?? free })}
            </Button>
            {others.length > 0 && (
              <div>
                <Text size="xs" c="dimmed">
                  {say('recent')}
                </Text>
                <ul className={classes.recent}>
                  {others.map((phone) => (
                    <li key={phone.number}>
                      <UnstyledButton className={classes.recentPhone} onClick={() => take(phone.number)}>
                        <span>{phone.number}</span>
                        <Text span size="xs" c="dimmed">
                          <Time at={phone.last.at} as="ago" />
                        </Text>
                        <Text span size="xs" c="dimmed" truncate className={classes.recentWords}>
                          {phone.last.body}
                        </Text>
                      </UnstyledButton>
                    </li>
                  ))}
                </ul>
              </div>
            )}
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
