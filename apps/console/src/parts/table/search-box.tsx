import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTexts } from '../../texts/language.tsx';
import { partTexts } from '../texts.ts';

/** How long nobody types before it is searched, in ms. */
const PAUSE_MS = 250;

/** Search of a list; what is looked for stands in the address. The key / leads here. */
export function SearchBox({
  value,
  search,
  label,
  w = 240,
}: {
  value: string | undefined;
  /** undefined: everything. */
  search: (text: string | undefined) => void;
  label?: string;
  /** Width, as Mantine takes it. */
  w?: number | string;
}) {
  const say = useTexts(partTexts);
  const [text, setText] = useState(value ?? '');
  // Back and saved filters change the address from outside.
  useEffect(() => setText(value ?? ''), [value]);
  const later = useDebouncedCallback(
    (typed: string) => search(typed.trim() === '' ? undefined : typed.trim()),
    PAUSE_MS,
  );
  const set = (typed: string): void => {
    setText(typed);
    later(typed);
  };
  return (
    <TextInput
      aria-label={label ?? say('search')}
      placeholder={label ?? say('search')}
      data-search
      w={w}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text !== '' && <CloseButton size="xs" aria-label={say('clearSearch')} onClick={() => set('')} />
      }
      value={text}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}
